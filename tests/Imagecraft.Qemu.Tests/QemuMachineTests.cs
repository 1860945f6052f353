// The real QEMU of a tool root, with programs that need no kernel.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class QemuMachineTests : IDisposable
{
    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    private MachineDescription Machine(string prints, bool powerOff = true, params ImmutableArray<string> more) => machines.Describe(prints, powerOff, more);

    [Fact]
    public async Task Console_output_and_the_end_of_the_machine_are_seen()
    {
        string log = Path.Combine(machines.Folder, "console.log");
        await using QemuMachine machine = await QemuMachine.StartAsync(Machine("hello from the machine\n"), log, Cancellation);
        await machine.Console.WaitForTextAsync("hello from the machine", TimeSpan.FromSeconds(60), Cancellation);
        await machine.Console.WaitForEndAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(0, await machine.Exited);
        Assert.Equal("hello from the machine\n", await File.ReadAllTextAsync(log, Cancellation));
    }

    [Fact]
    public async Task An_end_without_a_login_is_told_with_qemus_exit_code()
    {
        await using QemuMachine machine = await QemuMachine.StartAsync(Machine("going down\n"), null, Cancellation);
        var exit = await Assert.ThrowsAsync<MachineExitException>(() => machine.Console.LoginAsync(LoginOptions.Root, Cancellation));
        Assert.Contains("QEMU ended with exit code 0", exit.Headline);
        Assert.Contains("going down", exit.Message);
    }

    [Fact]
    public async Task A_silent_machine_hangs_and_is_ended_on_disposal()
    {
        Task<int> exited;
        await using (QemuMachine machine = await QemuMachine.StartAsync(Machine("stuck here\n", powerOff: false), null, Cancellation))
        {
            exited = machine.Exited;
            var hang = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.LoginAsync(LoginOptions.Root with { Limit = TimeSpan.FromSeconds(3) }, Cancellation));
            Assert.Contains("stuck here", hang.Message);
            Assert.False(exited.IsCompleted);
        }

        Assert.True(exited.IsCompleted);
    }

    [Fact]
    public async Task A_panic_of_a_machine_that_stays_on_is_told()
    {
        await using QemuMachine machine = await QemuMachine.StartAsync(
            Machine("[    0.1] Kernel panic - not syncing: No working init found.\r\n[    0.2] ---[ end Kernel panic - not syncing: No working init found. ]---\r\n", powerOff: false), null, Cancellation);
        var panic = await Assert.ThrowsAsync<KernelPanicException>(() => machine.Console.LoginAsync(LoginOptions.Root, Cancellation));
        Assert.Contains("No working init found", panic.Headline);
    }

    [Fact]
    public async Task Arguments_that_qemu_refuses_are_told_in_its_words()
    {
        var failure = await Assert.ThrowsAsync<MachineStartException>(() => QemuMachine.StartAsync(Machine("", true, "-device", "no-such-device"), null, Cancellation));
        Assert.Contains("no-such-device", failure.Message);
        Assert.Contains("exit code 1", failure.Message);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        MachineDescription machine = Machine("");
        await Assert.ThrowsAsync<MachineStartException>(() => QemuMachine.StartAsync(machine with { ToolRoot = "/no/such/root" }, null, Cancellation));
        var failure = await Assert.ThrowsAsync<MachineStartException>(() => QemuMachine.StartAsync(machine with { Image = "/no/such/image" }, null, Cancellation));
        Assert.Contains("`/no/such/image` does not exist", failure.Message);
        failure = await Assert.ThrowsAsync<MachineStartException>(() => QemuMachine.StartAsync(machine with { System = "z80" }, null, Cancellation));
        Assert.Contains("has no `/usr/bin/qemu-system-z80`", failure.Message);
    }

    [Fact]
    public async Task Qemu_ends_when_its_parent_is_killed()
    {
        string note = Path.Combine(machines.Folder, "pid");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Imagecraft.Qemu.Tests"), ["-explicit", "only", "-method", $"*.{nameof(Parent_that_is_killed)}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[ParentVariable] = note;
        start.Environment["TMPDIR"] = machines.Folder;
        using Process parent = Process.Start(start)!;
        Task<string> output = parent.StandardOutput.ReadToEndAsync(Cancellation);
        for (int tries = 0; !File.Exists(note); tries++)
        {
            Assert.True(tries < 600 && !parent.HasExited, parent.HasExited ? await output : "The parent did not start QEMU within 60 s");
            await Task.Delay(100, Cancellation);
        }

        int qemu = int.Parse(await File.ReadAllTextAsync(note, Cancellation), CultureInfo.InvariantCulture);
        Assert.True(IsRunning(qemu));
        parent.Kill();
        await parent.WaitForExitAsync(Cancellation);
        for (int tries = 0; IsRunning(qemu); tries++)
        {
            Assert.True(tries < 300, $"QEMU {qemu} runs 30 s after its parent's death");
            await Task.Delay(100, Cancellation);
        }
    }

    /// <summary>The killed parent of the test above; it does nothing when it is run for another reason.</summary>
    [Fact(Explicit = true)]
    public async Task Parent_that_is_killed()
    {
        if (Environment.GetEnvironmentVariable(ParentVariable) is not { } note)
            return;
        await using QemuMachine machine = await QemuMachine.StartAsync(Machine("", powerOff: false), null, Cancellation);
        await File.WriteAllTextAsync(note + ".new", machine.ProcessId.ToString(CultureInfo.InvariantCulture), Cancellation);
        File.Move(note + ".new", note);
        await machine.Exited;
    }

    private const string ParentVariable = "IMAGECRAFT_TEST_PARENT";

    // A zombie that nobody has collected yet does not run.
    private static bool IsRunning(int processId)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{processId}/stat");
            return status[status.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public void A_description_survives_its_file()
    {
        MachineDescription machine = Machine("");
        MachineDescription read = MachineDescription.FromJson(machine.ToJson());
        Assert.Equal(machine.ExpandedArguments, read.ExpandedArguments);
        Assert.Equal((machine.ToolRoot, machine.System, machine.Image), (read.ToolRoot, read.System, read.Image));
    }
}
