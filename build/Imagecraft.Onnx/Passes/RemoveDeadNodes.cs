// Drops what no output depends on. Unaware of what nodes compute.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>Removes nodes, constants and stated shapes of the main graph that no output of it needs; graphs within nodes only count as users. Keeps all inputs. Assumes nothing.</summary>
public sealed class RemoveDeadNodes : IModelPass
{
    /// <inheritdoc/>
    public string Name => "remove-dead";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        var live = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(model.Graph.Output.Select(output => output.Name));
        while (open.TryPop(out var value))
            if (index.Producer(value) is { } producer && live.Add(producer))
                foreach (var input in NodeScopes.Reads(producer))
                    open.Push(input);
        foreach (var node in index.Nodes.Where(node => !live.Contains(node)))
            index.Remove(node);
        index.Finish();
        return model;
    }
}
