// Two calls in one workspace, and downloads of the same file by two builds.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class SharedWorkspaceTests : IDisposable
{
    readonly EngineBench bench = new();
    readonly TaskCompletionSource begun = new(), goOn = new();

    public SharedWorkspaceTests() => bench.Functions.Add(new TestFunction("wait", async (context, token) =>
    {
        begun.SetResult();
        await goOn.Task.WaitAsync(token);
        var path = Path.Combine(context.Scratch, "text");
        await File.WriteAllTextAsync(path, "waited", token);
        await context.OutputFileAsync("text", path, executable: false, token);
    }));

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task The_second_build_waits_for_the_first_and_says_for_whom()
    {
        var first = RunAsync([Node("a", "wait")], "a", _ => { }, CancellationToken.None);
        await begun.Task;
        var told = new TaskCompletionSource<string>();
        var second = RunAsync([Node("b", "join", ("x", Text("one")))], "b", e => _ = e is BuildEvent.Notice notice && told.TrySetResult(notice.Message), CancellationToken.None);
        Assert.Matches($"^Another call works in this workspace \\(process {Environment.ProcessId}.*\\); this one goes on when that is done$", await told.Task);
        Assert.False(second.IsCompleted);
        goOn.SetResult();
        Assert.True((await first).Succeeded && (await second).Succeeded);
        Assert.False(File.Exists(Path.Combine(bench.Workspace, ".imagecraft/lock")));

        // Both left what they learned.
        var memory = WorkspaceMemory.Load(Path.Combine(bench.Workspace, ".imagecraft"), bench.Cache, bench.Options.Boot);
        Assert.All(new[] { "a", "b" }, id => Assert.NotEmpty(memory[Id(id)]!.Outputs));
    }

    [Fact]
    public async Task A_build_that_waits_can_be_stopped()
    {
        var first = RunAsync([Node("a", "wait")], "a", _ => { }, CancellationToken.None);
        await begun.Task;
        using var stop = new CancellationTokenSource();
        var second = RunAsync([Node("b", "join", ("x", Text("one")))], "b", e => stop.CancelAsync(), stop.Token);
        Assert.Equal(130, (await second).ExitCode);
        goOn.SetResult();
        Assert.True((await first).Succeeded);
    }

    [Fact]
    public async Task Only_one_build_at_a_time_writes_the_unfinished_download_of_a_file()
    {
        const string Text = "content";
        var hash = Digest.Of("content"u8).Hash;
        var partial = Path.Combine(bench.Cache, "partial", hash);
        var (inside, most) = (0, 0);
        async Task FetchAsync(string destination)
        {
            if (destination == partial)
            {
                var now = Interlocked.Increment(ref inside);
                if (now > 1)
                    Volatile.Write(ref most, now);
            }

            await File.WriteAllTextAsync(destination, Text);
            await Task.Yield();
            if (destination == partial)
                Interlocked.Decrement(ref inside);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            using var engine = new BuildEngine(bench.Options with { WorkspaceRoot = Path.Combine(bench.Workspace, $"{number}") }, [], new Fetcher(FetchAsync));
            for (var i = 0; i < 15; i++)
            {
                // Forgotten, so that all download at all times.
                var node = new ActionNode { Id = Id("f"), Work = new ActionWork.Fetch(hash, "file", ["place"]), Outputs = [new("file", "file", OutputKind.File)] };
                engine.Cache.Remove(KeyOf(engine, node));
                if (i > 0)
                    File.Delete(Path.Combine(bench.Workspace, $"{number}/.imagecraft/memory"));
                Assert.True((await engine.RunAsync(ActionGraph.Create([node]), [Id("f")], _ => { })).Succeeded);
            }
        })));
        Assert.Equal(0, most);
    }

    static Digest KeyOf(BuildEngine engine, ActionNode node) =>
        ManifestKey.Of(new ManifestBuilder(engine.Options, ImmutableDictionary<string, IBuiltIn>.Empty, engine.Store, new FileHashes(null)).Build(node, _ => throw new InvalidOperationException()), engine.Store).Key;

    async Task<BuildResult> RunAsync(IEnumerable<ActionNode> nodes, string goal, Action<BuildEvent> events, CancellationToken stop)
    {
        using var engine = new BuildEngine(bench.Options, bench.Functions, bench.Fetcher);
        return await engine.RunAsync(ActionGraph.Create(nodes), [Id(goal)], events, stop);
    }

    sealed class Fetcher(Func<string, Task> fetch) : IFetcher
    {
        public Task FetchAsync(ActionWork.Fetch request, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) => fetch(destination);

        public Task FetchCommitAsync(ActionWork.FetchCommit request, FetchTools tools, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
