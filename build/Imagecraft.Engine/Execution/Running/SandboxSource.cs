// Where the tree with bubblewrap comes from: an action like others, made before the first that needs it. Unaware of sandboxes.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Execution.Running;

/// <param name="root">The tree; null when nothing of the build needs one.</param>
/// <param name="graph">Where it is added when it is first needed.</param>
/// <param name="lifecycle">Told what is added.</param>
sealed class SandboxSource(InputSource.OutputOf? root, RunGraph graph, Lifecycle lifecycle)
{
    BuildNode? maker;

    /// <summary>The tree, once it is made.</summary>
    public OutputValue? Value => maker?.Outputs?[root!.Output];

    /// <summary>The action that made what <paramref name="reader"/> runs in; null when it needs none, or none is made.</summary>
    public BuildNode? MakerFor(BuildNode reader) => reader.Action.Work.NeedsSandbox && maker?.Outputs is not null ? maker : null;

    /// <summary>Whether all is there in which the action runs; otherwise it waits for that, or is skipped because that failed.</summary>
    public bool IsThereFor(BuildNode reader)
    {
        if (!reader.Action.Work.NeedsSandbox || root is null)
            return true;
        if (maker is null)
        {
            maker = graph.Reach(root.Action, out var added);
            lifecycle.Enter(added);
        }

        if (maker.State.IsFinal())
            lifecycle.Skip(reader, maker);
        else if (maker.State != NodeState.Done)
            reader.WaitFor(maker);
        else
            return true;
        return false;
    }
}
