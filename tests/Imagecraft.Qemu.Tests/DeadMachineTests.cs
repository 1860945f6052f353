// The real QEMU of a tool root, and each way in which a machine of it can be dead.

using System.Diagnostics;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class DeadMachineTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);
    // Ten seconds on a quiet host; on a loaded one long before the limit of what is awaited, at least.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    private async Task<QemuMachine> StuckAsync()
    {
        QemuMachine machine = await QemuMachine.StartAsync(machines.Describe("stuck here\n", powerOff: false), null, Cancellation);
        await machine.Console.WaitForTextAsync("stuck here", Long, Cancellation);
        return machine;
    }

    private static async Task<T> ToldSoonAsync<T>(Func<Task> wait) where T : MachineException
    {
        long started = Stopwatch.GetTimestamp();
        T told = await Assert.ThrowsAsync<T>(wait);
        Assert.True(Stopwatch.GetElapsedTime(started) < Soon, $"It was told after {Stopwatch.GetElapsedTime(started)}");
        Assert.Contains("stuck here", told.LastLines);
        return told;
    }

    [Fact]
    public async Task A_killed_qemu_is_told_as_killed()
    {
        await using QemuMachine machine = await StuckAsync();
        Task<MachineExitException> told = ToldSoonAsync<MachineExitException>(() => machine.Console.RunAsync("true", Long, Cancellation));
        Signal(machine, "KILL");
        Assert.Contains("QEMU was killed by SIGKILL", (await told).Headline);
    }

    [Fact]
    public async Task A_guest_that_answers_no_break_any_more_is_told_as_hanging()
    {
        await using QemuMachine machine = await StuckAsync();
        machine.Console.Resume(new(TimeSpan.FromSeconds(1), AnswersBreaks: true, OutputPath.Plain, 0));
        var told = await ToldSoonAsync<MachineHangException>(() => machine.Console.WaitForTextAsync("more", Long, Cancellation));
        Assert.Contains("its kernel does not answer a break on its serial line", told.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_takes_no_command_is_told_as_hanging_and_is_sent_no_break_that_would_overtake_it()
    {
        await using QemuMachine machine = await StuckAsync();
        machine.Console.Resume(new(TimeSpan.FromSeconds(1), AnswersBreaks: true, OutputPath.Plain, 0));
        var told = await ToldSoonAsync<MachineHangException>(() => machine.Console.RunAsync("true", Long, Cancellation));
        Assert.EndsWith("it takes nothing from its serial port", told.Headline);
    }

    [Fact]
    public async Task A_machine_that_qemu_has_stopped_is_told_with_its_state()
    {
        await using QemuMachine machine = await StuckAsync();
        await machine.Qmp!.ExecuteAsync("stop", null, Cancellation);
        var told = await ToldSoonAsync<MachineHangException>(() => machine.Console.WaitForTextAsync("more", Long, Cancellation));
        Assert.EndsWith("QEMU has stopped it, state `paused`", told.Headline);
    }

    [Fact]
    public async Task A_qemu_that_hangs_itself_is_told_as_that()
    {
        await using QemuMachine machine = await StuckAsync();
        Signal(machine, "STOP");
        var told = await ToldSoonAsync<MachineHangException>(() => machine.Console.WaitForTextAsync("more", Long, Cancellation));
        Assert.Contains("QEMU itself does not answer within 4 s", told.Headline);
    }

    [Fact]
    public async Task A_full_serial_buffer_is_told_as_that()
    {
        await using QemuMachine machine = await StuckAsync();
        var told = await ToldSoonAsync<SerialBufferFullException>(() => machine.Console.SendAsync(new string('x', 8 << 20), Cancellation));
        Assert.StartsWith("Serial buffer is full: the machine reads nothing from its console for 8 s", told.Headline);
    }

    private static void Signal(QemuMachine machine, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{machine.ProcessId}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
