// Skips what a reshape does before another reshape. Unaware of all other operators.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Lets a <c>Reshape</c> whose result has a stated fixed shape read what was before the chain of <c>Reshape</c>, <c>Flatten</c>, <c>Squeeze</c> and <c>Unsqueeze</c> before it. Assumes that stated shapes are true;
/// a reshape whose result is empty stays.
/// </summary>
public sealed class MergeReshapes : IModelPass
{
    /// <inheritdoc/>
    public string Name => "merge-reshapes";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder())
        {
            if (!IsReshape(node) || index.Producer(node.InputAt(0)) is not { } before || !IsReshape(before) || !index.TryStaticShape(node.Output[0], out var shape) || shape.Contains(0))
                continue;
            index.SetInput(node, 0, before.Input[0]);
            if (!node.Is("Reshape"))
                (node.OpType, _) = ("Reshape", node.Without("axis").Without("axes"));
            index.SetInput(node, 1, index.Add(TensorData.Make<long>(index.FreshName($"{node.Output[0]}_shape"), shape, shape.Length)));
            if (index.Consumers(before.Output[0]).Count == 0 && !index.IsOutput(before.Output[0]))
                index.Remove(before);
        }
        index.Finish();
        return model;
    }

    static bool IsReshape(NodeProto node) => node.Is("Reshape", "Flatten", "Squeeze", "Unsqueeze") && node.InputAt(0).Length > 0 && node.Output.Count == 1;
}
