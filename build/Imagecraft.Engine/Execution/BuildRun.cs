// One build: walks the graph from its goals, asks the cache, runs what it does not answer. One thread owns all state; runners report by messages.
// Unaware of how an action is run.

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

/// <summary>The coordinator of a build.</summary>
sealed partial class BuildRun(EngineOptions options, ContentStore store, ActionCache cache, ManifestBuilder manifests, IFetcher fetcher, ActionGraph graph, Action<BuildEvent> emit, CancellationToken stop, CancellationToken kill) : IDisposable
{
    readonly Stopwatch clock = Stopwatch.StartNew();
    readonly Dictionary<ActionId, BuildNode> nodes = [];
    readonly Queue<BuildNode> toResolve = new();
    readonly Channel<Message> messages = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
    readonly WorkspaceMemory memory = WorkspaceMemory.Load(options.StateFolder, options.CacheRoot);
    readonly ManifestFolder lastManifests = new(options.StateFolder);
    readonly List<BuildNode> goals = [];
    int executed, cached, failed, running, runTwice;
    bool halted;

    abstract record Message
    {
        public sealed record Ended(BuildNode Node, RunResult Result) : Message;

        public sealed record Progress(BuildNode Node, long Done, long? Total) : Message;

        public sealed record Wake : Message;
    }

    /// <summary>Builds <paramref name="wanted"/>.</summary>
    public async Task<BuildResult> RunAsync(IReadOnlyList<ActionId> wanted)
    {
        foreach (var id in wanted)
            goals.Add(Reach(id));
        emit(new BuildEvent.BuildStarted(clock.Elapsed, nodes.Count));
        using var stopped = stop.Register(() => messages.Writer.TryWrite(new Message.Wake()));
        using var killed = kill.Register(() => messages.Writer.TryWrite(new Message.Wake()));
        try
        {
            do
            {
                await WorkAsync();
            }
            while (!halted && failed == 0 && !await DeliverAsync());
        }
        finally
        {
            SaveMemory();
            await EndScrubAsync();
        }

        foreach (var node in nodes.Values.Where(n => n.Outcome is null))
            node.Outcome = new ActionOutcome.Skipped(null);
        var result = Result();
        if (runTwice > 0)
            emit(new BuildEvent.Notice(clock.Elapsed, $"{runTwice} of {executed} actions were run twice and gave the same"));
        emit(new BuildEvent.BuildEnded(clock.Elapsed, executed, cached, failed));
        return result;
    }

    BuildResult Result() => new(nodes.Values.ToFrozenDictionary(n => n.Action.Id, n => n.Outcome ?? new ActionOutcome.Skipped(null)), stop.IsCancellationRequested);

    // Only speed is lost without it, so a full disk here hides no other outcome.
    void SaveMemory()
    {
        try
        {
            memory.Save();
            manifests.Save();
        }
        catch (IOException e)
        {
            emit(new BuildEvent.Notice(clock.Elapsed, $"What this build learned for later ones cannot be saved: {e.Message}"));
        }
    }

    async Task WorkAsync()
    {
        while (true)
        {
            halted |= stop.IsCancellationRequested;
            while (!halted && toResolve.TryDequeue(out var node))
                await ResolveAsync(node);
            var starved = !halted && StartReady();
            if (running == 0 && (halted || (toResolve.Count == 0 && !AnyReady)))
                return;
            if (running == 0 && toResolve.Count == 0 && !starved)
                throw new InvalidOperationException("Nothing runs and nothing can start: the tree with bubblewrap needs a process action itself");
            await HandleAsync(starved);
        }
    }

    async Task HandleAsync(bool starved)
    {
        if (kill.IsCancellationRequested)
            await WaitForKilledAsync();
        else if (starved)
            await Task.WhenAny(messages.Reader.WaitToReadAsync().AsTask(), Task.Delay(20, CancellationToken.None));
        else if (toResolve.Count == 0 || halted)
            await messages.Reader.WaitToReadAsync(CancellationToken.None);
        while (messages.Reader.TryRead(out var message))
        {
            if (message is Message.Progress progress)
                emit(new BuildEvent.ActionProgress(clock.Elapsed, progress.Node.Action.Id, progress.Done, progress.Total));
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
        ReleaseSlot(node);
        var duration = clock.Elapsed - node.StartedAt;
        switch (result)
        {
            case RunResult.Succeeded done:
                Succeed(node, done, duration);
                break;
            case RunResult.Lost lost:
                var lane = node.Lane;
                await RecoverAsync(node, lost.Digests, files: true);
                if (node.State != NodeState.Failed)
                    emit(new BuildEvent.ActionEnded(clock.Elapsed, node.Action.Id, new ActionOutcome.Skipped(null), duration, 0, lane));
                break;
            case RunResult.Failed failure:
                Fail(node, failure.Failure, duration, failure.PeakMemoryBytes);
                break;
        }
    }

    void Succeed(BuildNode node, RunResult.Succeeded done, TimeSpan duration)
    {
        try
        {
            lastManifests.Write(node.Action.Id, node.Reason, node.ManifestText);
        }
        catch (IOException e)
        {
            Fail(node, Failures.Of(e, stop, options.StateFolder), duration, done.PeakMemoryBytes);
            return;
        }

        memory.Set(node.Action.Id, new ActionMemory(node.Facts, node.Key, done.Outputs, duration, done.PeakMemoryBytes));
        node.Forced = null;
        executed++;
        runTwice += done.RunTwice ? 1 : 0;
        foreach (var warning in done.Warnings)
            emit(new BuildEvent.Notice(clock.Elapsed, $"`{node.Action.Id}` may not be reproducible: {warning}"));
        Finish(node, new ActionOutcome.Executed(done.Outputs, node.Reason.Words), done.Outputs, duration, done.PeakMemoryBytes);
    }

    void Finish(BuildNode node, ActionOutcome outcome, ImmutableSortedDictionary<string, OutputValue> outputs, TimeSpan duration, long peak)
    {
        node.State = NodeState.Done;
        node.Outputs = outputs;
        node.Outcome = outcome;
        // What was answered before, and is again after lost content is back, ends once for those who count.
        if (!node.IsRepeated || outcome is not ActionOutcome.Cached)
            emit(new BuildEvent.ActionEnded(clock.Elapsed, node.Action.Id, outcome, duration, peak, node.Lane));
        foreach (var consumer in node.Consumers)
        {
            if (consumer.State == NodeState.Waiting && --consumer.Pending == 0)
                Queue(consumer);
        }

        ReleaseTwins(node);
    }

    void Fail(BuildNode node, ActionFailure failure, TimeSpan duration, long peak)
    {
        node.State = NodeState.Failed;
        node.Outcome = new ActionOutcome.Failed(failure);
        failed++;
        emit(new BuildEvent.ActionEnded(clock.Elapsed, node.Action.Id, node.Outcome, duration, peak, node.Lane));
        halted |= !options.KeepGoing;
        ReleaseTwins(node);
        var dependents = new Stack<BuildNode>(node.Consumers);
        while (dependents.TryPop(out var dependent))
        {
            if (dependent.State is NodeState.Running or NodeState.Done or NodeState.Failed)
                continue;
            Skip(dependent, node);
            foreach (var next in dependent.Consumers)
                dependents.Push(next);
        }
    }

    void Skip(BuildNode node, BuildNode because)
    {
        node.State = NodeState.Failed;
        node.Outcome = new ActionOutcome.Skipped(because.Action.Id);
        emit(new BuildEvent.ActionEnded(clock.Elapsed, node.Action.Id, node.Outcome, TimeSpan.Zero, 0, 0));
    }

    void ReleaseTwins(BuildNode node)
    {
        foreach (var twin in node.Twins)
        {
            // What this one made is what the twin was to make.
            if (node.State == NodeState.Done)
                twin.Forced = null;
            Queue(twin);
        }

        node.Twins.Clear();
        if (inProgress.TryGetValue(node.Key, out var owner) && owner == node)
            inProgress.Remove(node.Key);
    }

    void Queue(BuildNode node)
    {
        if (node.State == NodeState.Failed)
            return;
        node.State = NodeState.Queued;
        toResolve.Enqueue(node);
    }

    /// <summary>Adds an action and all it reads to this build; in the graph's order, so without recursion.</summary>
    BuildNode Reach(ActionId goal)
    {
        if (nodes.TryGetValue(goal, out var known))
            return known;
        if (!graph.Nodes.ContainsKey(goal))
            throw new GraphException($"No action is named `{goal}`");
        var found = new Stack<ActionId>([goal]);
        var added = new List<BuildNode>();
        while (found.TryPop(out var id))
        {
            if (nodes.ContainsKey(id))
                continue;
            var node = new BuildNode(graph.Nodes[id]);
            nodes.Add(id, node);
            added.Add(node);
            foreach (var input in node.Action.Inputs)
            {
                if (input.Source is InputSource.OutputOf output && !nodes.ContainsKey(output.Action))
                    found.Push(output.Action);
            }
        }

        var producers = new HashSet<ActionId>();
        foreach (var node in added)
        {
            foreach (var input in node.Action.Inputs)
            {
                if (input.Source is InputSource.OutputOf output && producers.Add(output.Action))
                {
                    node.Producers.Add(nodes[output.Action]);
                    nodes[output.Action].Consumers.Add(node);
                }
            }

            node.CountPending();
            producers.Clear();
        }

        foreach (var node in added.Where(n => n.Pending == 0))
            Queue(node);
        return nodes[goal];
    }
}
