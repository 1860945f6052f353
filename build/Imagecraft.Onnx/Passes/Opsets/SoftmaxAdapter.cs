// Softmax, LogSoftmax and Hardmax before operator set 13, which made two dimensions of all. Unaware of models.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

/// <summary>The old form worked on all dimensions from <c>axis</c> (default 1) on as one; the new one on the dimension <c>axis</c> (default -1) alone.</summary>
static class SoftmaxAdapter
{
    /// <summary>Where the axis is the last dimension both are the same; elsewhere the value is flattened and shaped back.</summary>
    public static string? Adapt(GraphIndex index, NodeProto node)
    {
        var (axis, rank) = (node.GetInteger("axis", 1), index.ShapeOf(node.InputAt(0))?.Length);
        var (input, output) = (node.InputAt(0), node.Output[0]);
        node.With("axis", -1L);
        if (axis == -1 || (rank is { } known && (axis < 0 ? axis + known : axis) == known - 1))
            return null;
        var shape = index.FreshName($"{output}_shape");
        var flat = index.FreshName($"{output}_flat");
        var result = index.FreshName($"{output}_result");
        index.Remove(node);
        node.Input[0] = flat;
        node.Output[0] = result;
        index.Add(new NodeProto { OpType = "Shape", Name = shape, Input = { input }, Output = { shape } });
        index.Add(new NodeProto { OpType = "Flatten", Name = flat, Input = { input }, Output = { flat } }.With("axis", axis));
        index.Add(node);
        index.Add(new NodeProto { OpType = "Reshape", Name = index.FreshName($"{output}_shaped"), Input = { result, shape }, Output = { output } });
        return null;
    }
}
