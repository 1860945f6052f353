// Operators with constant weights. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Convolutions of any number of dimensions and matrix products.</summary>
static class WeightedOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("Conv", OperatorFamily.Weighted) { Bias = 2, Layout = WeightLayout.OfConvolution, TakesClamp = true, Accepts = HasConstants },
        // Weights of a transposed convolution are [input channels, output channels of a group, ...].
        new("ConvTranspose", OperatorFamily.Weighted) { Bias = 2, Layout = WeightLayout.OfTransposedConvolution, TakesClamp = true, Accepts = HasConstants, ChannelAxis = (_, _) => 1, HasIntegerKernel = false },
        new("Gemm", OperatorFamily.Weighted) { Bias = 2, Layout = WeightLayout.OfProduct, TakesClamp = true, Accepts = HasConstants, ChannelAxis = (node, _) => node.GetInteger("transB", 0) == 1 ? 0 : 1 },
        new("MatMul", OperatorFamily.Weighted) { TakesClamp = true, Accepts = HasConstants, ChannelAxis = (_, weights) => weights.Dims.Count == 2 ? 1 : null },
    ];

    static bool HasConstants(NodeProto node, GraphIndex index) => Refusal(node, index) is null;

    /// <summary>Why a node of these kinds has no weights that can be quantized; null when it has. <see cref="PlainProducts"/> went before.</summary>
    public static string? Refusal(NodeProto node, GraphIndex index)
    {
        var (left, right, bias) = (node.Input[0], node.InputAt(1), node.InputAt(2));
        if (index.Constant(right) is not { } weights)
            return index.Producer(right)?.Is("DequantizeLinear") == true ? $"its weights `{right}` are quantized already"
                : index.Constant(left) is not null ? $"its constant `{left}` is on the left, weights are on the right"
                : node.Is("MatMul") ? "it multiplies values that are both computed"
                : $"its weights `{right}` are no constant";
        if (weights.DataType != (int)ElementType.Float)
            return $"its weights `{right}` are {TensorData.Name(weights.DataType)}";
        if (weights.Dims.Count < 2)
            return $"its weights `{right}` are a vector";
        if (index.Constant(left) is not null)
            return "it reads nothing but constants";
        return bias.Length == 0 || index.Constant(bias) is { DataType: (int)ElementType.Float } ? null
            : index.Constant(bias) is { } other ? $"its bias `{bias}` is {TensorData.Name(other.DataType)}"
            : $"its bias `{bias}` is no constant";
    }
}
