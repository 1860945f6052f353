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

    /// <summary>Queues those of new actions that have nothing to wait for.</summary>
    public void Enter(IEnumerable<BuildNode> added)
    {
        foreach (var node in added.Where(n => n.Pending == 0))
            Queue(node);
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
        var dependents = new Stack<BuildNode>(node.Consumers);
        while (dependents.TryPop(out var dependent))
        {
            if (dependent.State is NodeState.Running or NodeState.Done || dependent.State.IsFinal())
                continue;
            Skip(dependent, node);
            foreach (var next in dependent.Consumers)
                dependents.Push(next);
        }
    }

    /// <summary>It is not tried, because <paramref name="because"/> has no outputs.</summary>
    public void Skip(BuildNode node, BuildNode because)
    {
        node.MoveTo(NodeState.Skipped);
        node.Outcome = new ActionOutcome.Skipped(because.Action.Id);
        report.Skipped(node);
        Release(node);
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
