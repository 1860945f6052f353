// One build: walks the graph from its goals, asks the cache, runs what it does not answer. One thread owns all state; runners report by messages.
// Unaware of how an action is answered, chosen or run.

using System.Collections.Frozen;
using System.Threading.Channels;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>The coordinator of a build.</summary>
sealed class BuildRun : IDisposable
{
    readonly EngineOptions options;
    readonly CancellationToken stop, kill;
    readonly Channel<Message> messages = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
    readonly List<BuildNode> goals = [];
    readonly BuildReport report;
    readonly WorkspaceMemory memory;
    readonly RunGraph graph;
    readonly Lifecycle lifecycle;
    readonly Resolver resolver;
    readonly Recovery recovery;
    readonly ReadyQueue ready;
    readonly BackgroundScrub scrub;
    readonly Lazy<Workbench> bench;
    int running;
    bool halted;

    public BuildRun(EngineOptions options, ContentStore store, ActionCache cache, IReadOnlyDictionary<string, IBuiltIn> builtIns, IFetcher fetcher, ActionGraph graph, Action<BuildEvent> emit, CancellationToken stop, CancellationToken kill)
    {
        (this.options, this.stop, this.kill) = (options, stop, kill);
        memory = WorkspaceMemory.Load(options.StateFolder, options.CacheRoot, options.Boot);
        var manifests = new ManifestBuilder(options, builtIns, store, memory.Files);
        report = new BuildReport(emit);
        this.graph = new RunGraph(graph);
        lifecycle = new Lifecycle(report);
        var sandbox = new SandboxSource(options.SandboxRoot, this.graph, lifecycle);
        resolver = new Resolver(store, cache, manifests, memory, this.graph, lifecycle, sandbox, report);
        recovery = new Recovery(store, manifests, this.graph, lifecycle, sandbox, report, stop);
        ready = new ReadyQueue(options, memory);
        scrub = new BackgroundScrub(store, options.ScrubBytes);
        bench = new Lazy<Workbench>(() => new Workbench(options, store, cache, manifests, fetcher, sandbox, stop, kill));
    }

    abstract record Message
    {
        public sealed record Ended(BuildNode Node, RunResult Result) : Message;

        public sealed record Progress(BuildNode Node, long Done, long? Total) : Message;

        public sealed record Wake : Message;
    }

    /// <summary>Nothing more is started.</summary>
    bool IsHalted => halted || (report.Failed > 0 && !options.KeepGoing);

    /// <summary>Builds <paramref name="wanted"/>.</summary>
    /// <exception cref="GraphException">One of them is no action of the graph.</exception>
    public async Task<BuildResult> RunAsync(IReadOnlyList<ActionId> wanted)
    {
        foreach (var id in wanted)
        {
            goals.Add(graph.Reach(id, out var added));
            lifecycle.Enter(added);
        }

        report.Begin(graph.Nodes.Count);
        using var stopped = stop.Register(() => messages.Writer.TryWrite(new Message.Wake()));
        using var killed = kill.Register(() => messages.Writer.TryWrite(new Message.Wake()));
        try
        {
            do
            {
                await WorkAsync();
            }
            while (!IsHalted && report.Failed == 0 && !await DeliverAsync());
        }
        finally
        {
            SaveMemory(memory.Save);
            if (await scrub.EndAsync() is { } found)
                report.Notice(found);
        }

        foreach (var node in graph.Nodes.Where(n => n.Outcome is null))
            Lifecycle.Abandon(node);
        report.End(graph.Nodes.Count(n => n.State == NodeState.Done && n.Told is ActionOutcome.Cached));
        return Result();
    }

    public void Dispose()
    {
        if (bench.IsValueCreated)
            bench.Value.Dispose();
        scrub.Dispose();
    }

    BuildResult Result() => new(graph.Nodes.ToFrozenDictionary(n => n.Action.Id, n => n.Outcome ?? new ActionOutcome.Skipped(null)), stop.IsCancellationRequested);

    // Only speed is lost without it, so a full disk or a foreign owner here hides no other outcome.
    void SaveMemory(Action save)
    {
        try
        {
            save();
        }
        catch (Exception e) when (e is IOException or DiskFullException or UnauthorizedAccessException)
        {
            report.Notice($"What this build learned for later ones cannot be saved: {e.Message}");
        }
    }

    async Task WorkAsync()
    {
        while (true)
        {
            halted |= stop.IsCancellationRequested;
            while (!IsHalted && lifecycle.TryNext(out var node))
                await ResolveAsync(node);
            var starved = !IsHalted && StartReady();
            if (running == 0 && (IsHalted || (!lifecycle.AnyQueued && !ready.Any)))
                return;
            if (running == 0 && !lifecycle.AnyQueued && !starved)
                throw new InvalidOperationException("Nothing runs and nothing can start: the tree with bubblewrap needs a process action itself");
            await HandleAsync(starved);
        }
    }

    async Task ResolveAsync(BuildNode node)
    {
        try
        {
            if (resolver.Resolve(node))
                ready.Add(node);
        }
        catch (ContentMissingException e)
        {
            await recovery.RecoverAsync(node, e.Digests, files: false);
        }
        catch (Exception e) when (Failures.Of(e, stop) is { Kind: not FailureKind.Bug } failure)
        {
            lifecycle.Fail(node, failure);
        }
    }

    bool StartReady()
    {
        if (!ready.Any)
            return false;
        scrub.Begin();
        return ready.Start(bench.Value.Jobserver, Start);
    }

    void Start(BuildNode node)
    {
        node.MoveTo(NodeState.Running);
        node.StartedAt = report.Now;
        running++;
        report.Started(node, ready.Known(node));
        var context = new RunContext(node.Action, node.Manifest!, node.Key, node.InputRoot, (done, total) => messages.Writer.TryWrite(new Message.Progress(node, done, total)));
        _ = Task.Run(async () => messages.Writer.TryWrite(new Message.Ended(node, await bench.Value.Runner.RunAsync(context))), CancellationToken.None);
    }

    async Task HandleAsync(bool starved)
    {
        if (kill.IsCancellationRequested)
            await WaitForKilledAsync();
        else if (starved)
            await Task.WhenAny(messages.Reader.WaitToReadAsync().AsTask(), Task.Delay(20, CancellationToken.None));
        else if (!lifecycle.AnyQueued || IsHalted)
            await messages.Reader.WaitToReadAsync(CancellationToken.None);
        while (messages.Reader.TryRead(out var message))
        {
            if (message is Message.Progress progress)
                report.Progress(progress.Node, progress.Done, progress.Total);
            else if (message is Message.Ended ended)
                await EndedAsync(ended.Node, ended.Result);
        }
    }

    // Children are dead at once; a built-in that does not listen is left behind after a moment, the process is about to end.
    async Task WaitForKilledAsync()
    {
        var patience = Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);
        while (running > 0 && !patience.IsCompleted)
        {
            await Task.WhenAny(messages.Reader.WaitToReadAsync().AsTask(), patience);
            while (messages.Reader.TryRead(out var message))
            {
                if (message is Message.Ended ended)
                    await EndedAsync(ended.Node, ended.Result);
            }
        }

        running = 0;
    }

    async Task EndedAsync(BuildNode node, RunResult result)
    {
        running--;
        ready.Release(node, bench.Value.Jobserver);
        var duration = report.Now - node.StartedAt;
        switch (result)
        {
            case RunResult.Succeeded done:
                Succeed(node, done, duration);
                break;
            case RunResult.Lost lost:
                await recovery.RecoverAsync(node, lost.Digests, files: true);
                if (!node.State.IsFinal())
                    report.Interrupted(node, duration);
                break;
            case RunResult.Failed failure:
                lifecycle.Fail(node, failure.Failure, duration, failure.PeakMemoryBytes);
                break;
        }
    }

    void Succeed(BuildNode node, RunResult.Succeeded done, TimeSpan duration)
    {
        memory.Set(node.Action.Id, new ActionMemory(node.Key, done.Outputs, duration, done.PeakMemoryBytes, node.ManifestText, node.Reason));
        node.Forced = null;
        lifecycle.Finish(node, new ActionOutcome.Executed(done.Outputs, node.Reason.Words), done.Outputs);
        report.Succeeded(node, done, duration);
        SaveMemory(memory.SaveNowAndThen);
    }

    /// <summary>Exports the goals; false when lost content sends some of them back to work.</summary>
    async Task<bool> DeliverAsync()
    {
        if (options.Deliver is null)
            return true;
        try
        {
            return await DeliverOnceAsync(options.Deliver);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The result says that the build was stopped, also while lost content was looked for.
            return true;
        }
    }

    async Task<bool> DeliverOnceAsync(Func<BuildResult, CancellationToken, Task> deliver)
    {
        try
        {
            await deliver(Result(), stop);
            return true;
        }
        catch (ContentMissingException e)
        {
            if (!await recovery.RecoverAsync(goals, e.Digests))
                throw;
            return false;
        }
    }
}
