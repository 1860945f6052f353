// Commands on a console, and all the ways in which output tries to confuse it.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public class CommandTests
{
    [Theory]
    [InlineData("printf 'no line break'", "no line break", 0)]
    [InlineData("printf ''", "", 0)]
    [InlineData("echo; echo a; echo", "\na\n\n", 0)]
    [InlineData("echo out; echo err >&2; exit 3", "out\nerr\n", 3)]
    [InlineData("false", "", 1)]
    [InlineData("kill -9 $$; sleep 0; echo after", "", -1)]
    [InlineData("printf '%s\\n' \"a 'b' \\\"c\\\" \\\\ \\$d %s %%\"", "a 'b' \"c\" \\ $d %s %%\n", 0)]
    [InlineData("for i in 1 2\ndo\n  echo $i\ndone", "1\n2\n", 0)]
    [InlineData("echo grüße 🎛", "grüße 🎛\n", 0)]
    [InlineData("cat; echo end of input", "end of input\n", 0)]
    [InlineData("printf '# $ login: Password: \\nKernel panic - not syncing: not really\\n---[ end Kernel panic - not syncing: not really ]---\\n'; sleep 0.5",
        "# $ login: Password: \nKernel panic - not syncing: not really\n---[ end Kernel panic - not syncing: not really ]---\n", 0)]
    public async Task Output_and_exit_code_come_back_exactly(string command, string output, int exit)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        if (exit < 0)
        {
            // The shell itself dies with its terminal: that is the machine's end here, and must be told as such.
            await Assert.ThrowsAsync<MachineExitException>(() => machine.RunAsync(command));
            return;
        }

        CommandResult result = await machine.RunAsync(command);
        Assert.Equal((output, exit, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
    }

    [Fact]
    public async Task A_syntax_error_or_an_exit_leaves_the_shell_alive()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        Assert.NotEqual(0, (await machine.RunAsync("if then fi (")).ExitCode);
        Assert.Equal(9, (await machine.RunAsync("exit 9")).ExitCode);
        Assert.Equal("alive\n", (await machine.RunAsync("echo alive")).Output);
    }

    [Fact]
    public async Task Long_outputs_wide_lines_and_long_commands_are_complete()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        string many = (await machine.RunAsync("seq 1 200000")).Output;
        Assert.Equal(string.Concat(Enumerable.Range(1, 200000).Select(number => $"{number}\n")), many);
        string wide = (await machine.RunAsync("head -c 100000 /dev/zero | tr '\\0' w")).Output;
        Assert.Equal(new string('w', 100000), wide);
        string text = string.Concat(Enumerable.Range(0, 3000).Select(number => $"{number}\\ '\" "));
        Assert.Equal(text + "\n", (await machine.RunAsync($"cat <<'END'\n{text}\nEND")).Output);
    }

    [Fact]
    public async Task Markers_of_earlier_commands_in_the_output_do_not_end_a_command()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        await machine.RunAsync("echo one");
        string seen = await File.ReadAllTextAsync(Path.Combine(machine.Folder, "console.log"), TestContext.Current.CancellationToken);
        string[] markers = [.. seen.Split('\n').Where(line => line.StartsWith("ic-", StringComparison.Ordinal))];
        Assert.NotEmpty(markers);
        string forged = string.Join('\n', markers);
        Assert.Equal(forged.Replace("\r", "", StringComparison.Ordinal) + "\nlast\n", (await machine.RunAsync($"cat <<'END'\n{forged}\nEND\necho last")).Output.Replace("\r", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_that_fall_between_do_not_lose_a_command()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync("( while alive; do printf '[    1.0] noise\\r\\n'; sleep 0.002; done ) & login; shell");
        for (int number = 0; number < 60; number++)
        {
            CommandResult result = await machine.RunAsync($"echo number-{number}; exit {number}");
            Assert.Equal((number, CommandEnd.Exited), (result.ExitCode, result.End));
            Assert.Contains($"number-{number}\n", result.Output);
        }
    }

    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("trap '' INT; while [ -d \"$HOME\" ]; do sleep 0.1; done")]
    public async Task A_command_that_does_not_end_is_interrupted_and_the_machine_goes_on(string command)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        CommandResult result = await machine.RunAsync("echo started; " + command, seconds: 1);
        Assert.Equal((CommandEnd.TimedOut, -1), (result.End, result.ExitCode));
        Assert.StartsWith("started\n", result.Output);
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
    }

    [Fact]
    public async Task A_flood_is_stopped_and_the_machine_goes_on()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(channel: true);
        CommandResult result = await machine.RunAsync("yes flood", seconds: 300);
        Assert.Equal(CommandEnd.Flooded, result.End);
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
    }

    [Theory]
    [InlineData(true, "dying; sleep 0")]
    [InlineData(false, "dying, with some more words before the end; sleep 2")] // encoded, 16 bytes come at once, and a little later
    public async Task A_machine_that_dies_in_a_command_is_told_with_its_last_lines(bool channel, string script)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(channel: channel);
        var exit = await Assert.ThrowsAsync<MachineExitException>(() => machine.RunAsync($"echo {script}; kill -9 $$; sleep 9"));
        Assert.Contains("dying", exit.Message);
        await Assert.ThrowsAsync<MachineExitException>(() => machine.RunAsync("echo too late"));
    }

    [Fact]
    public async Task A_panic_in_a_command_is_a_panic()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        var panic = await Assert.ThrowsAsync<KernelPanicException>(() => machine.RunAsync(
            "{ echo '[    9.1] Kernel panic - not syncing: sysrq triggered crash'; echo '[    9.2] ---[ end Kernel panic - not syncing: sysrq triggered crash ]---'; } >/dev/tty; trap '' INT QUIT; sleep 1000"));
        Assert.Contains("sysrq triggered crash", panic.Headline);
    }

    [Fact]
    public async Task An_oops_after_which_nothing_answers_is_an_oops()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        var oops = await Assert.ThrowsAsync<KernelOopsException>(() => machine.RunAsync(
            "echo '[    9.1] Internal error: Oops: 0000000096000045 [#1] SMP' >/dev/tty; trap '' INT QUIT; sleep 1000", seconds: 1));
        Assert.Equal("Kernel oops: `Internal error: Oops: 0000000096000045 [#1] SMP`", oops.Headline);
    }

    [Fact]
    public async Task Files_are_copied_both_ways()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        byte[] bytes = [.. Enumerable.Range(0, 90_000).Select(number => (byte)(number * 7))];
        string path = Path.Combine(machine.Folder, "it's a file");
        await machine.Console.WriteFileAsync(new MemoryStream(bytes), path, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        using var back = new MemoryStream();
        await machine.Console.ReadFileAsync(path, back, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(bytes, back.ToArray());

        var full = await Assert.ThrowsAsync<IOException>(() => machine.Console.WriteFileAsync(new MemoryStream(new byte[100_000]), "/dev/full", TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Contains("Copying `/dev/full` failed on the machine", full.Message);
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);

        var missing = await Assert.ThrowsAsync<IOException>(() => machine.Console.ReadFileAsync("/no/such/file", back, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Contains("`/no/such/file`", missing.Message);
    }
}
