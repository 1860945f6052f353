// Modes on their way from one action to the next: what an install step leaves is carried, and the next action sees and can read it.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class ModeFlowTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    const string Install = """
        mkdir -p /out/tree/etc /out/tree/usr/bin
        cd /out/tree
        echo shadow > etc/shadow; chmod 600 etc/shadow
        echo none > etc/none; chmod 0 etc/none
        echo plain > etc/plain
        echo su > usr/bin/su; chmod 4755 usr/bin/su
        mkdir -m 1777 tmp; mkdir -m 700 root; echo key > root/key; chmod 400 root/key
        """;

    static ActionNode Make(string id, string script) => Shell(id, script) with { Outputs = [new OutputSpec("tree", "/out/tree", OutputKind.Tree)] };

    [Fact]
    public async Task What_one_action_installs_with_modes_the_next_one_sees_and_reads()
    {
        var text = await sandbox.TextOfAsync(
            Shell("modes-read", "cd /in; { cat etc/shadow etc/none root/key; shopt -s globstar; for entry in **; do stat -c '%a %n' $entry; done; } > /out/text", new InputEdge("/in", new InputSource.OutputOf(Id("modes-make"), "tree"), "what is installed")),
            Make("modes-make", Install));
        // What runs as another stays in the node; the owner can always read.
        Assert.Equal("shadow\nnone\nkey\n755 etc\n400 etc/none\n444 etc/plain\n600 etc/shadow\n700 root\n400 root/key\n777 tmp\n755 usr\n755 usr/bin\n755 usr/bin/su", text);
    }

    [Fact]
    public async Task The_tree_has_the_modes_that_ship()
    {
        var result = await sandbox.BuildAsync(Make("modes-ship", Install));
        using var store = new ContentStore(sandbox.Bench.Cache);
        Assert.Equal(
            ["755 etc", "0 etc/none", "644 etc/plain", "600 etc/shadow", "700 root", "400 root/key", "1777 tmp", "755 usr", "755 usr/bin", "4755 usr/bin/su"],
            TreeWalk.Entries(store, result.Output(Id("modes-ship"), "tree").Digest).Select(entry => $"{Convert.ToString(TreeWalk.Mode(store, entry), 8)} {entry.Path}"));
    }

    [Theory]
    [InlineData("ln -s $'caf\\xe9' /out/tree/link", "/out/tree/link` is not UTF-8")]
    [InlineData("touch $'/out/tree/\\xff'", "is not UTF-8; rename it")]
    [InlineData("mkfifo /out/tree/pipe", "is a named pipe")]
    public async Task What_a_tree_cannot_hold_fails_the_action_with_the_path(string script, string message)
    {
        var result = await sandbox.BuildAsync(Make($"lost-{script.Length}", "mkdir -p /out/tree; " + script));
        var (_, failure) = Assert.Single(result.Failures);
        Assert.Equal(Events.FailureKind.User, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_set_uid_that_is_an_output_by_itself_is_refused()
    {
        var result = await sandbox.BuildAsync(Shell("bare-su", "echo su > /out/text; chmod 4755 /out/text"));
        Assert.Contains("has mode 4755, which an output that is one file cannot carry", Assert.Single(result.Failures).Failure.Message, StringComparison.Ordinal);
    }
}
