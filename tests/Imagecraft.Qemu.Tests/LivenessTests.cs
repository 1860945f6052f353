// A machine that works quietly is waited for; one that is dead is told, as what it is, within ten seconds.

using System.Diagnostics;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public class LivenessTests
{
    // Ten seconds on a quiet host; on a loaded one long before the limit of what is awaited, at least.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(50);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<(FakeMachine Machine, FakeWatch Watch)> LoggedInAsync(string script, bool channel = false)
    {
        var watch = new FakeWatch();
        FakeMachine machine = FakeMachine.Start(script, watch: watch, channel: channel);
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        return (machine, watch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_quiet_command_on_a_living_kernel_is_waited_for_and_the_kernels_answers_are_no_output(bool channel)
    {
        var (machine, watch) = await LoggedInAsync(FakeWatch.Kernel + "login; shell", channel);
        await using (machine)
        {
            Assert.True(machine.Console.AnswersBreaks);
            CommandResult result = await machine.RunAsync("printf 'be'; sleep 9; echo fore");
            Assert.Equal(("before\n", 0), (result.Output, result.ExitCode));
            Assert.InRange(watch.Breaks, 2, 5);
            Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
        }
    }

    [Fact]
    public async Task No_break_overtakes_text_that_the_machine_has_not_taken_yet_and_progress_is_a_sign_of_life()
    {
        var (machine, watch) = await LoggedInAsync(FakeWatch.Kernel + "login; shell");
        await using (machine)
        {
            int breaks = watch.Breaks;
            watch.Unread = 9000;
            using var progress = new Timer(_ => watch.Unread--, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
            Assert.Equal("done\n", (await machine.RunAsync("sleep 8; echo done")).Output);
            Assert.Equal(breaks, watch.Breaks);
        }
    }

    [Fact]
    public async Task A_kernel_that_stops_answering_is_dead_within_ten_seconds()
    {
        var (machine, watch) = await LoggedInAsync(FakeWatch.Kernel + "login; shell", channel: true);
        await using (machine)
        {
            await watch.SignalAsync("STOP");
            Task<CommandResult> running = machine.RunAsync("echo last words; sleep 1000", seconds: 100);
            while (!running.IsCompleted && !machine.Console.LastLines.Contains("last words", StringComparison.Ordinal))
                await Task.Delay(10, Cancellation);
            (watch.IsDead, watch.Busy) = (true, "of its 2 CPUs [1] runs without a pause");
            long started = Stopwatch.GetTimestamp();
            var hang = await Assert.ThrowsAsync<MachineHangException>(() => running);
            Assert.True(Stopwatch.GetElapsedTime(started) < Soon);
            Assert.Equal("Machine hangs while waiting for end of a command: its kernel does not answer a break on its serial line; of its 2 CPUs [1] runs without a pause", hang.Headline);
            Assert.Contains("last words", hang.LastLines);
            await watch.SignalAsync("KILL");
        }
    }

    [Fact]
    public async Task A_kernel_that_never_answered_breaks_is_given_its_time()
    {
        var (machine, _) = await LoggedInAsync("login; shell");
        await using (machine)
        {
            Assert.False(machine.Console.AnswersBreaks);
            Assert.Equal("done\n", (await machine.RunAsync("sleep 6; echo done")).Output);
        }
    }

    [Fact]
    public async Task A_machine_that_was_stopped_from_outside_is_told_with_the_reason_while_it_boots_too()
    {
        var watch = new FakeWatch { Trouble = "QEMU has stopped it, state `paused`" };
        await using var machine = FakeMachine.Start("echo Booting; sleep 1000", watch: watch);
        long started = Stopwatch.GetTimestamp();
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.True(Stopwatch.GetElapsedTime(started) < Soon);
        Assert.EndsWith("QEMU has stopped it, state `paused`", hang.Headline);
    }

    [Theory]
    [InlineData("yes Rebooting")]
    [InlineData("login; exec yes")]
    public async Task A_boot_that_floods_the_console_is_told_as_that(string script)
    {
        await using var machine = FakeMachine.Start(script);
        var flood = await Assert.ThrowsAsync<ConsoleFloodException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.Matches("^Machine floods its console: [0-9]+ MiB without ", flood.Headline);
    }

    [Fact]
    public async Task A_flood_that_no_interrupt_stops_is_told_as_that()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        await Assert.ThrowsAsync<ConsoleFloodException>(() => machine.RunAsync("trap '' INT QUIT; yes", seconds: 5));
    }

    [Fact]
    public async Task A_pattern_is_awaited_across_what_comes_in_pieces()
    {
        await using var machine = FakeMachine.Start("printf 'Starting serv'; sleep 0.2; echo 'er on port 8080'; echo rest; sleep 100");
        var match = await machine.Console.WaitForPatternAsync(new(@"server on port (\d+)\s"), TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal("8080", match.Groups[1].Value);
        await machine.Console.WaitForTextAsync("rest", TimeSpan.FromSeconds(30), Cancellation);
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.WaitForPatternAsync(new("never"), TimeSpan.FromSeconds(1), Cancellation));
        Assert.StartsWith("Machine hangs: no pattern `never` within 1 s", hang.Headline);
    }
}
