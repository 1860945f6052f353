// Counts the multiplications of nodes. Unaware of what runs them.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Profiles;

/// <summary>Multiply-accumulates of one run: for convolutions, matrix products and recurrent layers; all other operators count as none.</summary>
public static class MultiplyAccumulates
{
    /// <summary>The count of a node; a shape that is needed and not known or not fixed is an <see cref="OnnxException"/>.</summary>
    public static long Of(NodeProto node, GraphIndex index) =>
        !(node.Domain is "" or "ai.onnx") ? 0
        : node.OpType switch
        {
            // Each output takes the kernel's values of its group: [outputs, inputs of a group, kernel...].
            "Conv" => Count(Shape(node, node.Output[0], index)) * Count(Shape(node, node.Input[1], index).AsSpan(1)),
            // Each input goes into the kernel's values of its group: [inputs, outputs of a group, kernel...].
            "ConvTranspose" => Count(Shape(node, node.Input[0], index)) * Count(Shape(node, node.Input[1], index).AsSpan(1)),
            "Gemm" => Count(Shape(node, node.Output[0], index)) * Shape(node, node.Input[0], index)[node.GetInteger("transA", 0) == 1 ? 0 : 1],
            "MatMul" => Count(Shape(node, node.Output[0], index)) * Shape(node, node.Input[0], index)[^1],
            "LSTM" or "GRU" => Recurrent(node, index),
            _ => 0,
        };

    /// <summary>Weights are [directions, gates times hidden, input] and [directions, gates times hidden, hidden]; the sequence is [steps, batch, input].</summary>
    static long Recurrent(NodeProto node, GraphIndex index)
    {
        var sequence = Shape(node, node.Input[0], index);
        return sequence[0] * sequence[1] * (Count(Shape(node, node.Input[1], index)) + Count(Shape(node, node.Input[2], index)));
    }

    static long[] Shape(NodeProto node, string value, GraphIndex index) =>
        index.TryStaticShape(value, out var shape) ? shape
        : index.Producer(value) is { } producer && producer.OpType is "DequantizeLinear" or "QuantizeLinear" ? Shape(node, producer.Input[0], index)
        : throw new OnnxException($"The shape of `{value}` at the node {node.Display()} of `{index.File}` is not known, so its multiplications cannot be counted; fix the inputs in `shapes` and infer shapes first");

    static long Count(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
            count = checked(count * size);
        return count;
    }
}
