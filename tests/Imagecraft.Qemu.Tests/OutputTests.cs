// Whatever else is written to the console: outputs of commands come back exactly, each time.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public class OutputTests
{
    // Programs of a machine that write to its terminal for as long as it runs.
    private const string Lines = "( while alive; do echo 'dhcpc: lease of 192.0.2.7 renewed'; sleep 0.003; done ) &\n";
    private const string Pieces = "( while alive; do printf 'progress 17'; sleep 0.003; printf '\\r'; done ) &\n";
    private const string Windows = "( while alive; do printf '[  OK  ] Started \\033[0;1;39mNetwork\\033[0m.\\r\\n'; sleep 0.003; done ) &\n";
    private const string Dumps = "( while alive; do od -v -tx1 \"$0\"; sleep 0.02; done ) &\n";
    private const string Settings = "( while alive; do stty opost onlcr; echo set; sleep 0.01; done ) &\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Lines, false)]
    [InlineData(Pieces, false)]
    [InlineData(Windows, false)]
    [InlineData(Dumps, false)]
    [InlineData(Settings, false)]
    [InlineData(Lines + Pieces + Windows, true)]
    [InlineData(Dumps + Settings, true)]
    public async Task A_program_that_writes_to_the_console_all_the_time_disturbs_none_of_a_hundred_outputs(string noise, bool channel)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(noise + "login; shell", channel: channel);
        Assert.Equal(channel ? OutputPath.Channel : OutputPath.Encoded, machine.Console.State.Path);
        for (int number = 0; number < 100; number++)
        {
            CommandResult result = await machine.RunAsync($"seq {number} {number * 3}; printf 'no line break'; exit {number}");
            string expected = string.Concat(Enumerable.Range(number, number * 2 + 1).Select(line => $"{line}\n")) + "no line break";
            Assert.Equal((expected, number, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
        }
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 3000)]
    [InlineData(3, 9000)]
    public async Task What_falls_into_the_middle_of_a_line_is_noticed_and_the_output_is_sent_again(int seed, int between)
    {
        var line = new FakeLine(seed, between, "[   12.345678] usb 1-1: new device\r\n", "", "a", "[   12.4] random: 0000020 61\n", "", "\n");
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(line: line);
        line.IsOn = true;
        for (int number = 0; number < 40; number++)
        {
            CommandResult result = await machine.RunAsync($"seq 1 {number * 20}; exit {number}");
            Assert.Equal((string.Concat(Enumerable.Range(1, number * 20).Select(one => $"{one}\n")), number, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
        }

        Assert.True(line.Count > 20, $"Only {line.Count} places were spoilt");
    }

    [Fact]
    public async Task The_end_of_an_output_that_got_lost_is_asked_for_again()
    {
        var line = new FakeLine(seed: 1, between: 1, "");
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(line: line);
        Task<CommandResult> result = machine.RunAsync("echo begun with more than one line of sixteen bytes; sleep 1; echo ended; exit 3");
        await machine.Console.WaitForTextAsync("begun", TimeSpan.FromSeconds(60), Cancellation);
        line.IsOn = true;
        await Task.Delay(2500, Cancellation);
        line.IsOn = false;
        Assert.Equal(("begun with more than one line of sixteen bytes\nended\n", 3), ((await result).Output, (await result).ExitCode));
    }

    [Fact]
    public async Task An_end_that_is_torn_each_time_by_lines_like_ours_is_told_on_the_terminal()
    {
        var line = new FakeLine(seed: 1, between: int.MaxValue / 2, "7777760 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61\r\n");
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(line: line);
        line.Victim = "\n";
        CommandResult result = await machine.RunAsync("seq 1 9; exit 7");
        Assert.Equal(("1\n2\n3\n4\n5\n6\n7\n8\n9\n", 7, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
    }

    [Fact]
    public async Task An_output_that_never_comes_whole_is_told_as_that()
    {
        // No marker has a `z`, and so none is spoilt by chance.
        var line = new FakeLine(seed: 1, between: int.MaxValue / 2, "x") { Victim = " 7a 7a 7a" };
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(line: line);
        var damaged = await Assert.ThrowsAsync<OutputDamagedException>(() => machine.RunAsync("echo zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"));
        Assert.StartsWith("Output of a command is damaged on the serial line", damaged.Headline);
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
    }

    [Theory]
    [InlineData("od")]
    [InlineData("tee")]
    [InlineData("mkfifo")]
    public async Task Without_the_programs_that_encode_them_outputs_come_as_they_are(string program)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(without: [program]);
        Assert.Equal(OutputPath.Plain, machine.Console.State.Path);
        Assert.Equal(("plain\n", 4), ((await machine.RunAsync("echo plain; exit 4")).Output, (await machine.RunAsync("exit 4")).ExitCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_byte_comes_back_on_every_path(bool channel)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(channel: channel);
        string expected = string.Concat(Enumerable.Range(1, 126).Select(number => (char)number)) + "grüße 🎛\u0000.";
        string octal = string.Concat(System.Text.Encoding.UTF8.GetBytes(expected).Select(value => $"\\{Convert.ToString(value, 8).PadLeft(3, '0')}"));
        Assert.Equal(expected, (await machine.RunAsync($"printf '{octal}'")).Output);
        Assert.Equal("one\r\ntwo\r\n", (await machine.RunAsync("printf 'one\\r\\ntwo\\r\\n'")).Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_commands_print_stands_readable_in_the_log_and_in_the_last_lines(bool channel)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(channel: channel);
        await machine.RunAsync("echo grüße from a command");
        Assert.Contains("grüße from a command\n", await File.ReadAllTextAsync(Path.Combine(machine.Folder, "console.log"), Cancellation));
        Assert.Contains("grüße from a command", machine.Console.LastLines);
    }

    [Fact]
    public async Task Commands_at_the_same_time_run_one_after_the_other()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => machine.RunAsync($"echo {number}; sleep 0.05; echo {number}; exit {number}")));
        Assert.Equal(Enumerable.Range(0, 8).Select(number => ($"{number}\n{number}\n", number)), results.Select(result => (result.Output, result.ExitCode)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_command_leaves_running_holds_up_nothing(bool channel)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(channel: channel);
        Assert.Equal("started\n", (await machine.RunAsync("sleep 300 & echo started")).Output);
        Assert.Equal("next\n", (await machine.RunAsync("echo next")).Output);
        Assert.Equal("gone\n", (await machine.RunAsync("kill $(pgrep -f '^sleep 300$') 2>/dev/null; echo gone")).Output);
    }

    [Fact]
    public async Task A_console_keeps_no_files_that_commands_would_see()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        Assert.Equal("", (await machine.RunAsync("ls -d /run/ic-$$* /dev/shm/ic-$$* /tmp/ic-$$* /var/tmp/ic-$$* /dev/ic-$$* 2>/dev/null")).Output);
    }
}
