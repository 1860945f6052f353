// Snapshots of a booted image: every machine that goes on from one is in the same state, and none reaches another.

using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;
using Imagecraft.Qemu.Snapshots;

namespace Imagecraft.Qemu.Tests;

public sealed class SnapshotTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static MachineDescription Image =>
        MachineDescription.FromJson(File.ReadAllText(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_MACHINE") ?? throw new InvalidOperationException("`IMAGECRAFT_TEST_MACHINE` is not set; run the tests by `./build.sh test`")));

    public void Dispose() => folder.Delete(recursive: true);

    private static Check Check(string name, string run) => new() { Owner = "test", Name = name, Run = run };

    [Fact]
    public async Task Every_check_starts_from_the_same_state_and_a_panic_in_one_spoils_no_other()
    {
        var notes = new List<string>();
        CheckReport report;
        await using (var machines = new QemuCheckMachines(Image, LoginOptions.Root, folder.FullName))
            report = await CheckRunner.RunAsync(
                new()
                {
                    Name = "board/image",
                    Jobs = 2,
                    Boot = [Check("leaves-a-trace", "echo booted > /tmp/trace; sync")],
                    Checks =
                    [
                        Check("writes", "cat /tmp/trace; echo changed > /tmp/trace; echo changed > /root/trace; sync") with { Output = "booted" },
                        Check("panics", "echo c > /proc/sysrq-trigger; sleep 60"),
                        Check("reads", "cat /tmp/trace; cat /root/trace") with { Output = "booted\ncat: can't open '/root/trace': No such file or directory", Exit = 1 },
                    ],
                }, machines, null, notes.Add, Cancellation);

        Assert.Empty(notes);
        Assert.Equal(
            [CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Passed, CheckOutcome.Broken, CheckOutcome.Passed],
            report.Results.Select(result => result.Outcome));
        Assert.Contains("Kernel panic - not syncing: sysrq triggered crash", report.Results[3].Problems[0]);
        Assert.Contains("sysrq triggered crash", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "test.panics.console.log"), Cancellation));
        Assert.NotNull(report.Figures?.FreeMemory);
    }

    [Fact]
    public async Task A_machine_goes_on_from_a_snapshot_many_times_and_its_kernel_still_answers_breaks()
    {
        MachineSnapshot snapshot;
        MachineDescription machine = MachineDisk.OnOverlay(Image, Path.Combine(folder.FullName, "disk"));
        await using (QemuMachine booted = await QemuMachine.StartAsync(machine, null, Cancellation))
        {
            await booted.Console.LoginAsync(LoginOptions.Root, Cancellation);
            snapshot = await MachineSnapshot.TakeAsync(booted, folder.FullName, Cancellation);
            Assert.Equal(0, await booted.Exited);
        }

        for (int number = 0; number < 5; number++)
        {
            await using QemuMachine again = await snapshot.RestoreAsync(null, Cancellation);
            Assert.True(again.Console.AnswersBreaks);
            Assert.Equal($"{number * 7}\n", (await again.Console.RunAsync($"echo $(({number} * 7))", TimeSpan.FromSeconds(60), Cancellation)).Output);
            if (number == 4)
                Assert.Equal("quiet\n", (await again.Console.RunAsync("sleep 6; echo quiet", TimeSpan.FromSeconds(60), Cancellation)).Output);
        }

        // What restored machines wrote is gone with them.
        Assert.Equal(["disk", "memory"], Directory.EnumerateFiles(folder.FullName).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_state_that_cannot_be_saved_or_restored_is_told_in_qemus_words()
    {
        await using (QemuMachine booted = await QemuMachine.StartAsync(Image, null, Cancellation))
        {
            var failure = await Assert.ThrowsAsync<IOException>(() => MachineSnapshot.TakeAsync(booted, "/no/such/folder", Cancellation));
            Assert.Contains("No such file or directory", failure.Message);
        }

        MachineDescription machine = MachineDisk.OnOverlay(Image, Path.Combine(folder.FullName, "disk"));
        await using (QemuMachine booted = await QemuMachine.StartAsync(machine, null, Cancellation))
        {
            MachineSnapshot snapshot = await MachineSnapshot.TakeAsync(booted, folder.FullName, Cancellation);
            await using (FileStream memory = File.Open(Path.Combine(folder.FullName, "memory"), FileMode.Open))
                memory.SetLength(4096);
            var failure = await Assert.ThrowsAsync<MachineStartException>(() => snapshot.RestoreAsync(null, Cancellation));
            Assert.StartsWith("QEMU cannot go on from a snapshot: ", failure.Headline);
        }

        Assert.Equal(["disk", "memory"], Directory.EnumerateFiles(folder.FullName).Select(Path.GetFileName).Order());
    }
}
