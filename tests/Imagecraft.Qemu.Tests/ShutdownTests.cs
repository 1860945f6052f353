// A system that is told to shut down: it does, it refuses at first, it refuses for good, it takes no notice.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public sealed class ShutdownTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The shell that reads the commands is all that a fake machine runs.
    private const string End = "kill -KILL $$";

    [Theory]
    [InlineData($"{End}; sleep 100")]
    [InlineData("( sleep 1; " + End + " ) &")]
    [InlineData($$"""n=$(cat "$HOME/tries" 2>/dev/null); echo 1$n >"$HOME/tries"; [ "$n" = 11 ] || { echo busy; exit 1; }; {{End}}""")]
    public async Task A_machine_that_shuts_down_has_ended_however_its_command_ends(string command)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        await machine.Console.ShutDownAsync(command, TimeSpan.FromMinutes(1), Cancellation);
        await Assert.ThrowsAnyAsync<MachineException>(() => machine.RunAsync("true"));
    }

    [Theory]
    [InlineData("echo Transport endpoint is not connected; exit 4", "`COMMAND` ends with exit code 4: Transport endpoint is not connected")]
    [InlineData("exit 1", "`COMMAND` ends with exit code 1")]
    [InlineData("true", "`COMMAND` has returned without an error")]
    [InlineData("sleep 100", "`COMMAND` has not returned")]
    public async Task Of_a_machine_that_goes_on_it_is_told_what_the_command_said(string command, string told)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.ShutDownAsync(command, TimeSpan.FromSeconds(12), Cancellation));
        Assert.Equal($"Machine hangs: no end of the machine within 12 s; {told.Replace("COMMAND", command, StringComparison.Ordinal)}", hang.Headline);
    }
}
