// Shell text of a recipe's author: what of it is said when it fails. Unaware of build systems.

using System.Diagnostics;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Tests;

public class AuthorTextTests
{
    [Theory]
    [InlineData("true\nfalse\ntrue\n", "after, line 2: false: failed with exit code 1")]
    [InlineData("make() {\n    return 7\n}\n\nfor i in a b; do\n    make $i\ndone\n", "after, line 6: return 7: failed with exit code 7")]
    [InlineData("x=$(sh -c 'exit 3')\n", "after, line 1: x=$(sh -c 'exit 3'): failed with exit code 3")]
    [InlineData("true\necho \"$NO_SUCH_VARIABLE\"\n", "after: line 2: NO_SUCH_VARIABLE: unbound variable")]
    [InlineData("true\n\nno-such-command --all\n", "after: line 3: no-such-command: command not found")]
    public async Task The_line_that_failed_is_said(string text, string said)
    {
        var (exit, lines) = await RunAsync(text);
        Assert.NotEqual(0, exit);
        Assert.Contains(said, lines);
    }

    [Fact]
    public async Task A_failure_that_the_text_deals_with_is_none()
    {
        var (exit, lines) = await RunAsync("if false; then exit 1; fi\nfalse || echo dealt with\n! false || exit 1\n");
        Assert.Equal(["dealt with"], lines);
        Assert.Equal(0, exit);
    }

    private static async Task<(int Exit, string[] Lines)> RunAsync(string text)
    {
        // Without the runner, which only repeats the command.
        var command = new Steps().ThenText("after", text).ToArguments()[2..];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, (await output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
