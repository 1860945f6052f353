// The states that an action passes through in one build, and which may follow which. Unaware of why they follow.

namespace Imagecraft.Engine.Execution.Running;

enum NodeState : byte
{
    /// <summary>Something it reads is not done.</summary>
    Waiting,

    /// <summary>All it reads is done; its key is to be computed.</summary>
    Queued,

    /// <summary>A cache elsewhere is asked for its result, or for nodes of trees that its key is computed from.</summary>
    Asking,

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
    /// <summary>Whether nothing comes after it.</summary>
    public static bool IsFinal(this NodeState state) => state is NodeState.Failed or NodeState.Skipped;

    /// <summary>Whether <paramref name="to"/> may follow.</summary>
    public static bool LeadsTo(this NodeState from, NodeState to) => from switch
    {
        // No dictionary: the code of one of enums is only made when the program runs, which a call with nothing to do would wait for.
        NodeState.Waiting => to is NodeState.Waiting or NodeState.Queued or NodeState.Failed or NodeState.Skipped,
        NodeState.Queued => to is NodeState.Waiting or NodeState.Asking or NodeState.Twin or NodeState.Ready or NodeState.Done or NodeState.Failed or NodeState.Skipped,
        NodeState.Asking => to is NodeState.Queued or NodeState.Skipped,
        NodeState.Twin => to is NodeState.Queued or NodeState.Skipped,
        NodeState.Ready => to is NodeState.Running or NodeState.Skipped,
        NodeState.Running => to is NodeState.Waiting or NodeState.Done or NodeState.Failed or NodeState.Skipped,
        NodeState.Done => to is NodeState.Waiting or NodeState.Queued or NodeState.Failed,
        _ => false,
    };
}
