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
using Imagecraft.Engine.Remote;
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
    readonly SandboxSource sandbox;
    readonly Resolver resolver;
    readonly Recovery recovery;
    readonly ReadyQueue ready;
    readonly BackgroundScrub scrub;
    readonly Lazy<Workbench> bench;
    readonly RemoteCache? remoteCache;
    readonly RemoteWork? remote;
    IRemoteExecutor? executor;
    int running, elsewhere;
    bool halted;

    public BuildRun(EngineOptions options, ContentStore store, ActionCache cache, IReadOnlyDictionary<string, IBuiltIn> builtIns, IFetcher fetcher, ActionGraph graph, Action<BuildEvent> emit, CancellationToken stop, CancellationToken kill)
    {
        (this.options, this.stop, this.kill) = (options, stop, kill);
        memory = WorkspaceMemory.Load(options.StateFolder, options.CacheRoot, options.Boot);
        var manifests = new ManifestBuilder(options, builtIns, store, memory.Files);
        report = new BuildReport(emit);
        this.graph = new RunGraph(graph);
        lifecycle = new Lifecycle(report);
        sandbox = new SandboxSource(options.SandboxRoot, this.graph, lifecycle);
        if (options.Remote is { } given)
        {
            remoteCache = new RemoteCache(given, store, words => messages.Writer.TryWrite(new Message.Told(words)), stop);
            remote = new RemoteWork(remoteCache, store, cache, (node, answer) => messages.Writer.TryWrite(new Message.Answered(node, answer)))
            {
                Runner = options.Executor is { } machines ? RunnerOf(machines, manifests) : null,
            };
        }

        resolver = new Resolver(store, cache, manifests, memory, this.graph, lifecycle, sandbox, report, remote);
        recovery = new Recovery(store, manifests, this.graph, lifecycle, sandbox, report, stop);
        ready = new ReadyQueue(options, memory);
        scrub = new BackgroundScrub(store, options.ScrubBytes);
        bench = new Lazy<Workbench>(() => new Workbench(options, store, cache, manifests, fetcher, sandbox, remote, stop, kill));
    }

    abstract record Message
    {
        public sealed record Ended(BuildNode Node, RunResult Result) : Message;

        public sealed record Progress(BuildNode Node, long Done, long? Total) : Message;

        public sealed record Answered(BuildNode Node, RemoteAnswer? Answer) : Message;

        public sealed record Told(string Words) : Message;

        public sealed record Wake : Message;
    }

    /// <summary>Nothing more is started.</summary>
    bool IsHalted => halted || (report.Failed > 0 && !options.KeepGoing);

    /// <summary>Actions that wait for a cache elsewhere.</summary>
    int Asking => remote?.Open ?? 0;

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
            await FinishRemoteAsync();
        }
        finally
        {
            SaveMemory(memory.Save);
            if (await scrub.EndAsync() is { } found)
                report.Notice(found);
        }

        foreach (var node in graph.Nodes.Where(n => n.Outcome is null))
            Lifecycle.Abandon(node);
        report.End(graph.Nodes.Count(n => n.State == NodeState.Done && n.Told is ActionOutcome.Cached), remote?.Use);
        return Result();
    }

    public void Dispose()
    {
        if (bench.IsValueCreated)
            bench.Value.Dispose();
        executor?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        remoteCache?.DisposeAsync().AsTask().GetAwaiter().GetResult();
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
            if (running + Asking == 0 && (IsHalted || (!lifecycle.AnyQueued && !ready.Any)))
                return;
            if (running + Asking == 0 && !lifecycle.AnyQueued && !starved)
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
        return ready.Start(bench.Value.Jobserver, () => remote?.Runner is { IsOpen: true } ? options.Executor!.Slots - elsewhere : 0, Start);
    }

    RemoteRunner RunnerOf(ExecutorOptions machines, ManifestBuilder manifests)
    {
        executor = machines.Open();
        return new RemoteRunner(remoteCache!, executor, new RemoteLink(executor.Name, "Nothing more runs at", words => messages.Writer.TryWrite(new Message.Told(words))), manifests);
    }

    void Start(BuildNode node)
    {
        node.MoveTo(NodeState.Running);
        node.StartedAt = report.Now;
        running++;
        elsewhere += node.RunsElsewhere ? 1 : 0;
        report.Started(node, ready.Known(node));
        var context = new RunContext(node.Action, node.Manifest!, node.Key, node.InputRoot, (done, total) => messages.Writer.TryWrite(new Message.Progress(node, done, total)))
        {
            Elsewhere = remote is null ? [] : RemoteWork.Elsewhere(node, sandbox.MakerFor(node)),
            Described = node.Described,
            RunsElsewhere = node.RunsElsewhere,
            IsForced = node.Forced is not null,
        };
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
        await TakeMessagesAsync();
    }

    async Task TakeMessagesAsync()
    {
        while (messages.Reader.TryRead(out var message))
        {
            switch (message)
            {
                case Message.Progress progress:
                    report.Progress(progress.Node, progress.Done, progress.Total);
                    break;
                case Message.Ended ended:
                    await EndedAsync(ended.Node, ended.Result);
                    break;
                case Message.Answered answered:
                    Answered(answered.Node, answered.Answer);
                    break;
                case Message.Told told:
                    report.Notice(told.Words);
                    break;
            }
        }
    }

    void Answered(BuildNode node, RemoteAnswer? answer)
    {
        remote!.Close(node, answer);
        if (node.State == NodeState.Asking)
            lifecycle.Queue(node);
    }

    // Uploads go on after the last action; a result is not thought to be here before all of it is.
    async Task FinishRemoteAsync()
    {
        if (remote is null)
            return;
        await remote.FinishAsync();
        remote.Settle(graph.Nodes, node => memory.Set(node.Action.Id, memory[node.Action.Id]! with { Elsewhere = false }));
        await TakeMessagesAsync();
    }

    // Children are dead at once; a built-in that does not listen is left behind after a moment, the process is about to end.
    async Task WaitForKilledAsync()
    {
        var patience = Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);
        while (running + Asking > 0 && !patience.IsCompleted)
        {
            await Task.WhenAny(messages.Reader.WaitToReadAsync().AsTask(), patience);
            await TakeMessagesAsync();
        }

        running = 0;
        remote?.Abandon();
    }

    async Task EndedAsync(BuildNode node, RunResult result)
    {
        running--;
        elsewhere -= node.RunsElsewhere ? 1 : 0;
        ready.Release(node, bench.Value.Jobserver);
        node.RunsElsewhere = false;
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
            case RunResult.Refused:
                node.StaysHere = true;
                node.MoveTo(NodeState.Waiting);
                node.MoveTo(NodeState.Queued);
                node.MoveTo(NodeState.Ready);
                ready.Add(node);
                report.Interrupted(node, duration);
                break;
            case RunResult.Failed failure:
                lifecycle.Fail(node, failure.Failure, duration, failure.PeakMemoryBytes);
                break;
        }
    }

    void Succeed(BuildNode node, RunResult.Succeeded done, TimeSpan duration)
    {
        node.Elsewhere = done.RanAt is not null;
        memory.Set(node.Action.Id, new ActionMemory(node.Key, done.Outputs, duration, done.PeakMemoryBytes, node.ManifestText, node.Reason) { Elsewhere = node.Elsewhere });
        node.Forced = null;
        lifecycle.Finish(node, new ActionOutcome.Executed(done.Outputs, node.Reason.Words, done.RanAt), done.Outputs);
        report.Succeeded(node, done, duration);
        SaveMemory(memory.SaveNowAndThen);
    }

    /// <summary>Exports the goals; false when lost content sends some of them back to work.</summary>
    async Task<bool> DeliverAsync()
    {
        try
        {
            return await BroughtAsync() && (options.Deliver is null || await DeliverOnceAsync(options.Deliver));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The result says that the build was stopped, also while lost content was looked for.
            return true;
        }
    }

    // What was asked for is to be here, whoever made it.
    async Task<bool> BroughtAsync()
    {
        if (remote is null || !goals.Exists(goal => goal.Elsewhere))
            return true;
        var missing = await remote.BringAsync(goals.Where(goal => goal.Elsewhere).SelectMany(goal => goal.Outputs!.Values));
        return missing.IsEmpty || !await recovery.RecoverAsync(goals, missing);
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
            if (remote is not null && await remote.BringAsync(e.Digests))
                return false;
            if (!await recovery.RecoverAsync(goals, e.Digests))
                throw;
            return false;
        }
    }
}
