// From power-on to a shell, against machines that play tricks.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public class LoginTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    public async Task A_login_prompt_leads_to_a_shell_that_answers(string shell)
    {
        await using var machine = FakeMachine.Start($"echo '[    0.000000] Booting Linux'; login; shell {shell}");
        await machine.Console.LoginAsync(FakeMachine.Login(), Cancellation);
        Assert.NotNull(machine.Console.BootTime);
        Assert.Equal("42\n", (await machine.RunAsync("echo $((6 * 7))")).Output);
    }

    [Fact]
    public async Task A_password_is_given_when_it_is_asked()
    {
        await using var machine = FakeMachine.Start("login; until ask_password secret; do echo Login incorrect; login; done; shell");
        await machine.Console.LoginAsync(FakeMachine.Login(password: "secret"), Cancellation);
        Assert.True((await machine.RunAsync("true")).Succeeded);
    }

    [Fact]
    public async Task A_wrong_password_is_a_refusal()
    {
        await using var machine = FakeMachine.Start("while alive; do login; ask_password secret; echo Login incorrect; done");
        var refused = await Assert.ThrowsAsync<LoginRefusedException>(() => machine.Console.LoginAsync(FakeMachine.Login(password: "wrong"), Cancellation));
        Assert.Contains("`root`", refused.Headline);
    }

    [Theory]
    [InlineData("echo 'Starting login: service'; printf 'other login: '; sleep 0.3; echo; echo more; login; shell")]
    [InlineData("printf 'fake login: [    3.2] random: crng init done\\n'; read -r user; shell")]
    [InlineData("printf 'fake login: random: crng init done\\n'; read -r user; echo 'Last login: Thu Jan  1 00:00:00 UTC 2026 on ttyAMA0'; shell")]
    [InlineData("( while alive; do echo '[    1.0] noise'; sleep 0.01; done ) & login; sleep 3; shell")]
    [InlineData("echo '# not a prompt'; printf '# '; echo; login; sleep 2; shell")]
    [InlineData("shell")]
    [InlineData("login; head -c 40 >/dev/null; shell")]
    [InlineData("login; head -c 40 >/dev/null; shell bash")]
    [InlineData("echo 'Please press Enter to activate this console.'; read -r nothing; shell")]
    public async Task Unusual_prompts_lead_to_a_shell_too(string script)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(script);
        Assert.Contains("here\n", (await machine.RunAsync("echo here")).Output);
    }

    [Fact]
    public async Task A_machine_without_any_prompt_hangs_and_its_last_lines_are_shown()
    {
        await using var machine = FakeMachine.Start("echo 'Waiting for root device'; sleep 1000");
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.LoginAsync(FakeMachine.Login(seconds: 2), Cancellation));
        Assert.Contains("shell of `root` within 2 s", hang.Headline);
        Assert.Contains("Waiting for root device", hang.Message);
    }

    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("exit 0")]
    public async Task A_panic_is_told_whether_the_machine_stops_or_ends(string afterwards)
    {
        await using var machine = FakeMachine.Start($$"""
            echo '[    0.512345] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'
            echo '[    0.513000] CPU: 0 UID: 0 PID: 1 Comm: swapper/0'
            echo '[    0.520000] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---'
            {{afterwards}}
            """);
        var panic = await Assert.ThrowsAsync<KernelPanicException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.Equal("Kernel panic: `Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)`", panic.Headline);
        Assert.Contains("Comm: swapper/0", panic.Message);
    }

    [Fact]
    public async Task A_kernel_that_was_not_told_to_reset_its_machine_has_panicked_all_the_same()
    {
        await using var machine = FakeMachine.Start("echo '[    5.390097] Kernel panic - not syncing: VFS: Unable to mount root fs'; echo '[    5.426313] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs ]---'; sleep 1000", resetsAfterPanic: true);
        var panic = await Assert.ThrowsAsync<KernelPanicException>(() => machine.Console.LoginAsync(FakeMachine.Login(seconds: 6), Cancellation));
        Assert.Equal("Kernel panic: `Kernel panic - not syncing: VFS: Unable to mount root fs`", panic.Headline);
    }

    [Theory]
    [InlineData("[    3.512345] reboot: System halted", "reboot: System halted")]
    [InlineData("### ERROR ### Please RESET the board ###", "### ERROR ### Please RESET the board ###")]
    [InlineData("BdsDxe: No bootable option or device was found.", "BdsDxe: No bootable option or device was found.")]
    [InlineData("Synchronous Exception at 0x000000005F8A1234", "Synchronous Exception at 0x000000005F8A1234")]
    public async Task Kernel_and_firmware_that_stop_for_good_are_told_with_their_last_word(string line, string word)
    {
        await using var machine = FakeMachine.Start($"echo '{line}'; sleep 1000");
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.True(hang.IsCertain);
        Assert.Equal($"Machine hangs while waiting for login prompt or shell: it has stopped with `{word}`", hang.Headline);
    }

    [Fact]
    public async Task An_oops_after_which_the_boot_does_not_go_on_is_an_oops()
    {
        await using var machine = FakeMachine.Start("echo '[    0.7] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008'; sleep 1000");
        var oops = await Assert.ThrowsAsync<KernelOopsException>(() => machine.Console.LoginAsync(FakeMachine.Login(seconds: 2), Cancellation));
        Assert.Contains("NULL pointer dereference", oops.Headline);
    }

    [Fact]
    public async Task A_machine_that_ends_while_booting_is_told_with_its_exit_code()
    {
        await using var machine = FakeMachine.Start("echo 'last words'; exit 7");
        var exit = await Assert.ThrowsAsync<MachineExitException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.Contains("exit code 7", exit.Headline);
        Assert.Contains("last words", exit.Message);
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_no_end_of_the_machine()
    {
        await using var machine = FakeMachine.Start("echo something; sleep 1000", logPath: "/dev/full");
        var failure = await Assert.ThrowsAsync<IOException>(() => machine.Console.LoginAsync(FakeMachine.Login(), Cancellation));
        Assert.Contains("Log of the console cannot be written", failure.Message);
    }

    [Fact]
    public async Task Everything_the_machine_prints_is_in_the_log()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync("echo first line; login; shell");
        await machine.RunAsync("echo from a command");
        string log = await File.ReadAllTextAsync(Path.Combine(machine.Folder, "console.log"), Cancellation);
        Assert.Contains("first line", log);
        Assert.Contains("from a command", log);
    }
}
