// Moves actions from state to state, with all that follows for those that read them. Unaware of how one is answered or run.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>The only one who ends actions and queues those that waited for them.</summary>
sealed class Lifecycle(BuildReport report)
{
    readonly Queue<BuildNode> queue = new();
    readonly Dictionary<Digest, BuildNode> owners = [];

    /// <summary>Whether an action is to be resolved.</summary>
    public bool AnyQueued => queue.Count > 0;

    /// <summary>The next action that is to be resolved.</summary>
    public bool TryNext(out BuildNode node)
    {
        while (queue.TryDequeue(out node!))
        {
            if (node.State == NodeState.Queued)
                return true;
        }

        return false;
    }

    public void Queue(BuildNode node)
    {
        if (node.State.IsFinal())
            return;
        node.MoveTo(NodeState.Queued);
        queue.Enqueue(node);
    }

    /// <summary>Queues those of new actions that have nothing to wait for, and skips those that would wait in vain.</summary>
    public void Enter(IEnumerable<BuildNode> added)
    {
        foreach (var node in added)
        {
            if (!SkipInVain(node) && node.Pending == 0)
                Queue(node);
        }
    }

    /// <summary>The action runs, unless one with the same key does so already: then it becomes that one's twin, and this is false.</summary>
    public bool Claim(BuildNode node)
    {
        if (owners.TryGetValue(node.Key, out var owner) && owner != node && owner.State is NodeState.Ready or NodeState.Running)
        {
            node.MoveTo(NodeState.Twin);
            owner!.Twins.Add(node);
            return false;
        }

        owners[node.Key] = node;
        node.MoveTo(NodeState.Ready);
        return true;
    }

    /// <summary>It will not have a result soon: others with its key do not wait for it.</summary>
    public void Release(BuildNode node)
    {
        foreach (var twin in node.Twins.Where(t => t.State == NodeState.Twin))
        {
            // What this one made is what the twin was to make.
            if (node.State == NodeState.Done)
                twin.Forced = null;
            Queue(twin);
        }

        node.Twins.Clear();
        if (owners.TryGetValue(node.Key, out var owner) && owner == node)
            owners.Remove(node.Key);
    }

    /// <summary>It has outputs; who waited for them goes on. The caller reports it.</summary>
    public void Finish(BuildNode node, ActionOutcome outcome, ImmutableSortedDictionary<string, OutputValue> outputs)
    {
        node.MoveTo(NodeState.Done);
        node.Outputs = outputs;
        node.Outcome = outcome;
        foreach (var consumer in node.Consumers)
        {
            if (consumer.State == NodeState.Waiting && --consumer.Pending == 0)
                Queue(consumer);
        }

        Release(node);
    }

    /// <summary>It failed, and what reads it is skipped.</summary>
    public void Fail(BuildNode node, ActionFailure failure, TimeSpan duration = default, long peak = 0)
    {
        node.MoveTo(NodeState.Failed);
        node.Outcome = new ActionOutcome.Failed(failure);
        report.Failure(node, duration, peak);
        Release(node);
        SkipAll(node.Consumers, node);
    }

    /// <summary>It is not tried, because <paramref name="because"/> has no outputs; nor is what reads it.</summary>
    public void Skip(BuildNode node, BuildNode because) => SkipAll([node], because);

    /// <summary>Skips what waits for an action that has no outputs and never will; false when it waits for none.</summary>
    public bool SkipInVain(BuildNode node)
    {
        if (node.Producers.Find(p => p.State.IsFinal()) is not { } because)
            return false;
        Skip(node, because);
        return true;
    }

    // What runs or is done has read it before.
    void SkipAll(IEnumerable<BuildNode> nodes, BuildNode because)
    {
        var cause = because.Outcome is ActionOutcome.Skipped { Because: { } first } ? first : because.Action.Id;
        var open = new Stack<BuildNode>(nodes);
        while (open.TryPop(out var node))
        {
            if (node.State is NodeState.Running or NodeState.Done || node.State.IsFinal())
                continue;
            node.MoveTo(NodeState.Skipped);
            node.Outcome = new ActionOutcome.Skipped(cause);
            report.Skipped(node);
            Release(node);
            node.Consumers.ForEach(open.Push);
        }
    }

    /// <summary>The build ended before it was done.</summary>
    public static void Abandon(BuildNode node)
    {
        if (node.State == NodeState.Done)
            return;
        node.MoveTo(NodeState.Skipped);
        node.Outcome = new ActionOutcome.Skipped(null);
    }
}
