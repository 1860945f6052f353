// Logs of actions that ran elsewhere: they come with their results. Unaware of what shows them.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class ActionLogTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    static readonly ActionNode Talking = Shell("talking", "echo said to nobody; echo > /out/text");

    [Fact]
    public async Task A_result_from_the_cache_brings_its_log()
    {
        await sandbox.TextOfAsync(Talking);
        Assert.Contains("said to nobody", await File.ReadAllTextAsync(Logs(sandbox).PathOf(Talking.Id)!, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using var other = new Workspace(sandbox);
        await other.Bench.TextOfAsync(Talking);
        var logs = Logs(other.Bench);
        Assert.Empty(logs.Here);
        Assert.Contains(Talking.Id, logs.Known);
        Assert.Contains("said to nobody", await File.ReadAllTextAsync(logs.PathOf(Talking.Id)!, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_is_whole_without_its_log()
    {
        var quiet = Shell("losing", "echo a word that goes; echo kept > /out/text");
        await sandbox.TextOfAsync(quiet);
        sandbox.Bench.Lose(Digest.Of("a word that goes\n"u8));

        using var other = new Workspace(sandbox);
        Assert.Equal("kept", await other.Bench.TextOfAsync(quiet));
        Assert.Null(Logs(other.Bench).PathOf(quiet.Id));
        Assert.Null(Logs(other.Bench).PathOf(Id("never")));
    }

    static ActionLogs Logs(SandboxFixture bench) => new(bench.Bench.Options.WorkspaceRoot, bench.Bench.Options.CacheRoot);

    // Another workspace on the same cache.
    sealed class Workspace : IDisposable
    {
        readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workspace-");

        public Workspace(SandboxFixture sandbox) => Bench = sandbox.With(options => options with { WorkspaceRoot = folder.FullName });

        public SandboxFixture Bench { get; }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
