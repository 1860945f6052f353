// The states that an action passes through in one build, and which may follow which. Unaware of why they follow.

using System.Collections.Frozen;

namespace Imagecraft.Engine.Execution.Running;

enum NodeState : byte
{
    /// <summary>Something it reads is not done.</summary>
    Waiting,

    /// <summary>All it reads is done; its key is to be computed.</summary>
    Queued,

    /// <summary>An action with the same key runs, whose result will be its own.</summary>
    Twin,

    /// <summary>The cache has no answer; it waits for a slot.</summary>
    Ready,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its outputs are known. They may turn out to be lost, and then it waits or is queued again.</summary>
    Done,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was not tried: something it reads failed, or the build ended before.</summary>
    Skipped,
}

static class NodeStates
{
    static readonly FrozenDictionary<NodeState, NodeState[]> next = new Dictionary<NodeState, NodeState[]>
    {
        [NodeState.Waiting] = [NodeState.Waiting, NodeState.Queued, NodeState.Failed, NodeState.Skipped],
        [NodeState.Queued] = [NodeState.Waiting, NodeState.Twin, NodeState.Ready, NodeState.Done, NodeState.Failed, NodeState.Skipped],
        [NodeState.Twin] = [NodeState.Queued, NodeState.Skipped],
        [NodeState.Ready] = [NodeState.Running, NodeState.Skipped],
        [NodeState.Running] = [NodeState.Waiting, NodeState.Done, NodeState.Failed, NodeState.Skipped],
        [NodeState.Done] = [NodeState.Waiting, NodeState.Queued, NodeState.Failed],
        [NodeState.Failed] = [],
        [NodeState.Skipped] = [],
    }.ToFrozenDictionary();

    /// <summary>Whether nothing comes after it.</summary>
    public static bool IsFinal(this NodeState state) => next[state].Length == 0;

    /// <summary>Whether <paramref name="to"/> may follow.</summary>
    public static bool LeadsTo(this NodeState from, NodeState to) => Array.IndexOf(next[from], to) >= 0;
}
