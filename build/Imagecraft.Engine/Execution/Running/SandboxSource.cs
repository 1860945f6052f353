// Where the tree with bubblewrap comes from: an action like others, made before the first that needs it. Unaware of sandboxes.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Graph;

namespace Imagecraft.Engine.Execution.Running;

/// <param name="root">The tree; null when nothing of the build needs one.</param>
/// <param name="graph">Where it is added when it is first needed.</param>
/// <param name="lifecycle">Told what is added.</param>
sealed class SandboxSource(InputSource.OutputOf? root, RunGraph graph, Lifecycle lifecycle)
{
    readonly HashSet<BuildNode> above = [];
    BuildNode? maker;

    /// <summary>The tree, once it is made.</summary>
    public OutputValue? Value => maker?.Outputs?[root!.Output];

    /// <summary>The action that made what <paramref name="reader"/> runs in; null when it needs none, or none is made.</summary>
    public BuildNode? MakerFor(BuildNode reader) => reader.Action.Work.NeedsSandbox && maker?.Outputs is not null ? maker : null;

    /// <summary>Whether all is there in which the action runs; otherwise it waits for that, or is skipped because that failed.</summary>
    /// <exception cref="GraphException">The tree is made of the action's own outputs.</exception>
    public bool IsThereFor(BuildNode reader)
    {
        if (!reader.Action.Work.NeedsSandbox || root is null)
            return true;
        if (maker is null)
        {
            maker = graph.Reach(root.Action, out var added);
            Climb(maker);
            lifecycle.Enter(added);
        }

        if (above.Contains(reader))
            throw new GraphException($"`{reader.Action.Id}` runs in a sandbox and `{root.Action}`, the tree with bubblewrap, is made of it, so neither can be first; make that tree without processes and commits of git");
        if (maker.State.IsFinal())
            lifecycle.Skip(reader, maker);
        else if (maker.State != NodeState.Done)
            reader.WaitFor(maker);
        else
            return true;
        return false;
    }

    void Climb(BuildNode from)
    {
        var open = new Stack<BuildNode>([from]);
        while (open.TryPop(out var node))
        {
            if (above.Add(node))
                node.Producers.ForEach(open.Push);
        }
    }
}
