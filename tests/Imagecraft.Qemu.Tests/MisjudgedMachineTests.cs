// Healthy machines that look like dead ones, and dead ones that look like others. What is told of each is what it is.

using System.Globalization;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public class MisjudgedMachineTests
{
    private const string Panic = "[    3.1] Kernel panic - not syncing: Fatal exception\\r\\n[    3.2] ---[ end Kernel panic - not syncing: Fatal exception ]---\\r\\n";

    private const string Start = "[    0.000000] Linux version 6.12.107 (builder@host) (gcc 14.2.0) #1 SMP\\r\\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_saved_panic_on_the_console_of_a_machine_that_answers_is_none(bool channel)
    {
        var watch = new FakeWatch();
        await using FakeMachine machine = FakeMachine.Start("login; shell", watch: watch, channel: channel);
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        CommandResult result = await machine.RunAsync($"printf '{Panic}[    3.3] reboot: System halted\\r\\n' >/dev/tty; sleep 5; echo alive");
        Assert.Equal(("alive\n", 0, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
    }

    [Fact]
    public async Task A_machine_that_the_host_lets_stand_still_has_more_time_to_boot()
    {
        await using var slow = FakeMachine.Start("echo booting; sleep 6; login; shell", watch: new() { StarvedShare = 0.9 });
        await slow.Console.LoginAsync(FakeMachine.Login(seconds: 3), Cancellation);
        Assert.Equal(CommandEnd.Exited, (await slow.RunAsync("sleep 4", seconds: 2)).End);
        await using var hanging = FakeMachine.Start("echo booting; sleep 1000", watch: new() { StarvedShare = 1 });
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => hanging.Console.LoginAsync(FakeMachine.Login(seconds: 0.5), Cancellation));
        Assert.StartsWith("Machine hangs: no shell of `root` within 0.5 s", hang.Headline);
    }

    [Fact]
    public async Task A_real_panic_whose_machine_answers_nothing_is_told_though_it_stays_on()
    {
        var watch = new FakeWatch();
        await using FakeMachine machine = FakeMachine.Start("login; shell", watch: watch, channel: true);
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        Task<CommandResult> running = machine.RunAsync($"printf '{Panic}' >/dev/tty; sleep 1000", seconds: 90);
        while (!running.IsCompleted && !machine.Console.LastLines.Contains("end Kernel panic", StringComparison.Ordinal))
            await Task.Delay(10, Cancellation);
        watch.IsDead = true;
        await Assert.ThrowsAsync<KernelPanicException>(() => running);
    }

    [Fact]
    public async Task A_saved_panic_in_a_boot_log_is_none_where_a_kernel_that_panics_resets_the_machine()
    {
        await using FakeMachine machine = FakeMachine.Start($"printf '{Panic}'; sleep 5; login; shell", resetsAfterPanic: true);
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        Assert.Equal("here\n", (await machine.RunAsync("echo here")).Output);
    }

    [Fact]
    public async Task A_kernel_whose_answers_a_command_has_switched_off_is_not_dead()
    {
        var watch = new FakeWatch();
        await using FakeMachine machine = FakeMachine.Start(FakeWatch.Kernel + "login; shell", watch: watch, channel: true);
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        Assert.True(machine.Console.AnswersBreaks);
        // As after `sysctl kernel.sysrq=0`.
        await watch.SignalAsync("STOP");
        Assert.Equal("done\n", (await machine.RunAsync("sleep 14; echo done")).Output);
        Assert.False(machine.Console.AnswersBreaks);
        await watch.SignalAsync("KILL");
    }

    [Fact]
    public async Task Refused_logins_in_a_boot_log_are_none_of_ours()
    {
        await using var machine = FakeMachine.Start("echo 'Starting login: service'; sleep 0.3; for i in 1 2 3 4 5; do echo 'ftpd: Login incorrect'; sleep 0.3; done; login; shell");
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        Assert.Equal("here\n", (await machine.RunAsync("echo here")).Output);
    }

    [Theory]
    [InlineData("[    2.0] Kernel panic - not syncing: No init found", ", the last time after `Kernel panic - not syncing: No init found`")]
    [InlineData("nothing of note", "")]
    public async Task A_reboot_loop_is_told_as_that_with_the_last_cry(string cry, string told)
    {
        await using var machine = FakeMachine.Start($"while alive; do printf '{Start}'; echo '{cry}'; sleep 0.2; done");
        var loop = await Assert.ThrowsAsync<RebootLoopException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.Equal($"Machine reboots again and again: its kernel has started 4 times without a shell{told}", loop.Headline);
    }

    [Fact]
    public async Task Two_starts_and_then_nothing_are_told_when_the_time_is_over()
    {
        await using var machine = FakeMachine.Start($"printf '{Start}{Start}'; sleep 1000");
        var loop = await Assert.ThrowsAsync<RebootLoopException>(() => machine.Console.LoginAsync(FakeMachine.Login(seconds: 2), Cancellation));
        Assert.Contains("has started 2 times", loop.Headline);
    }

    [Fact]
    public async Task A_machine_that_reboots_under_a_command_is_told_as_that()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(channel: true);
        var rebooted = await Assert.ThrowsAsync<MachineRebootedException>(() => machine.RunAsync($"printf '{Panic}{Start}' >/dev/tty; while :; do echo [ 1.0] booting >/dev/tty; sleep 0.5; done", seconds: 3));
        Assert.Equal("Machine rebooted while waiting for end of a command, after `Kernel panic - not syncing: Fatal exception`", rebooted.Headline);
    }

    [Theory]
    [InlineData("watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:123]")]
    [InlineData("watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1")]
    [InlineData("rcu: INFO: rcu_preempt self-detected stall on CPU")]
    public async Task A_cpu_that_is_stuck_is_named(string line)
    {
        await using var machine = FakeMachine.Start($"echo '[    9.0] {line}'; sleep 1000");
        var oops = await Assert.ThrowsAsync<KernelOopsException>(() => machine.Console.LoginAsync(FakeMachine.Login(seconds: 2), Cancellation));
        Assert.Equal($"Kernel oops: `{line}`", oops.Headline);
    }

    [Fact]
    public void Memory_that_ran_out_is_told_with_who_was_killed_and_not_by_its_trace()
    {
        const string log = """
            [   12.1] stress invoked oom-killer: gfp_mask=0x140dca, order=0, oom_score_adj=0
            [   12.1] CPU: 1 UID: 0 PID: 204 Comm: stress Not tainted 6.12.107 #1
            [   12.1] Call trace:
            [   12.1]  dump_stack_lvl+0x60/0x80
            [   12.2] Out of memory: Killed process 204 (stress) total-vm:600000kB, anon-rss:400000kB
            [   13.0] WARNING: CPU: 0 PID: 1 at mm/x.c:1
            [   13.0] Call trace:
            """;
        Assert.Equal(["Out of memory: Killed process 204 (stress) total-vm:600000kB, anon-rss:400000kB", "WARNING: CPU: 0 PID: 1 at mm/x.c:1", "Call trace:"], KernelFaults.In(log));
        CommandResult given = new(log, 0, TimeSpan.Zero, CommandEnd.Exited);
        Assert.Contains("invoked oom-killer", Assert.Single(CheckJudge.Problems(StandardChecks.KernelLog, given)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_at_the_same_time_run_one_after_the_other()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => machine.RunAsync(string.Create(CultureInfo.InvariantCulture, $"echo begin {number}; sleep 0.2; echo end {number}"))));
        for (int number = 0; number < results.Length; number++)
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"begin {number}\nend {number}\n"), results[number].Output);
    }
}
