// Processes that outlive the command: what they still write is in the output, or they are ended before it is read.

using Imagecraft.Engine.Events;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class SurvivorTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task An_output_is_what_its_name_says_although_somebody_wrote_on()
    {
        var nodes = Enumerable.Range(0, 8).Select(i => Shell($"writes{i}", "echo x > /out/text; (while :; do echo more >> /out/text; done) & exit 0")).ToArray();
        var result = await sandbox.BuildAsync(nodes);
        Assert.Equal([], result.Failures);
        foreach (var node in nodes)
            Assert.StartsWith("x\nmore\n", sandbox.Bench.ReadText(result, node.Id.Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_command_handed_on_arrives()
    {
        var nodes = Enumerable.Range(0, 20).Select(i => Shell($"tee{i}", "exec > >(sleep 0.1; tee /out/text); echo handed on")).ToArray();
        var result = await sandbox.BuildAsync(nodes);
        Assert.Equal([], result.Failures);
        foreach (var node in nodes)
            Assert.Equal("handed on\n", sandbox.Bench.ReadText(result, node.Id.Value));
    }

    [Fact]
    public async Task One_that_waits_for_nothing_is_ended_and_the_action_has_succeeded()
    {
        Assert.Equal("done", await sandbox.TextOfAsync(Shell("daemon", "sleep 4323 & echo done > /out/text")));
        await NoneRunsAsync("sleep\04323");
    }

    [Fact]
    public async Task The_exit_code_is_the_commands()
    {
        var failure = Assert.Single((await sandbox.BuildAsync(Shell("code", "(sleep 0.3; exit 5) & exit 7"))).Failures).Failure;
        Assert.Equal((FailureKind.User, "`code` exited with code 7"), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task The_log_has_what_survivors_printed()
    {
        var failure = Assert.Single((await sandbox.BuildAsync(Shell("printed", "(sleep 0.3; echo late) & echo early; exit 1"))).Failures).Failure;
        Assert.Equal(["early", "late"], failure.LastLines);
    }
}
