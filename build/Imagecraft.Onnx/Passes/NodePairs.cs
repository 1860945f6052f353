// Walks over nodes of a kind that follow each other. Unaware of what they compute.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>What becomes of a node behind another one of its kind.</summary>
enum PairFate
{
    /// <summary>Both stay as they are.</summary>
    Kept,

    /// <summary>The second one does the work of both.</summary>
    Merged,

    /// <summary>They cancel each other.</summary>
    Cancelled,
}

/// <summary>The walk that the merging passes share.</summary>
static class NodePairs
{
    /// <summary>
    /// Offers each pair, in topological order, so that of three in a row the first two are one already. A merged second node reads what the first one does; where both cancel it goes too.
    /// The first one stays while others read it.
    /// </summary>
    /// <param name="model">Is changed.</param>
    /// <param name="file">Names the model in messages.</param>
    /// <param name="kinds">Operators with one output that change their first input.</param>
    /// <param name="merge">Decides about a pair, first node first; changes the second one's attributes and other inputs so that it does the work of both.</param>
    public static ModelProto Merge(ModelProto model, string file, string[] kinds, Func<GraphIndex, NodeProto, NodeProto, PairFate> merge)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var second in index.TopologicalOrder())
        {
            if (!IsLink(second) || index.Producer(second.Input[0]) is not { } first || !IsLink(first) || merge(index, first, second) is var fate && fate == PairFate.Kept)
                continue;
            index.SetInput(second, 0, first.Input[0]);
            if (fate == PairFate.Cancelled)
                index.TryBypass(second, second.Input[0]);
            if (index.Consumers(first.Output[0]).Count == 0 && !index.IsOutput(first.Output[0]))
                index.Remove(first);
        }
        index.Finish();
        return model;

        bool IsLink(NodeProto node) => node.Is(kinds) && node.InputAt(0).Length > 0 && node.Output.Count == 1;
    }
}
