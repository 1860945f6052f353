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
        new("Conv", OperatorFamily.Weighted) { Bias = 2, TakesClamp = true, Accepts = HasConstants },
        // Weights of a transposed convolution are [input channels, output channels of a group, ...].
        new("ConvTranspose", OperatorFamily.Weighted) { Bias = 2, TakesClamp = true, Accepts = HasConstants, ChannelAxis = (_, _) => 1, HasIntegerKernel = false },
        new("Gemm", OperatorFamily.Weighted) { Bias = 2, TakesClamp = true, Accepts = IsPlainGemm, ChannelAxis = (node, _) => node.GetInteger("transB", 0) == 1 ? 0 : 1 },
        new("MatMul", OperatorFamily.Weighted) { TakesClamp = true, Accepts = HasConstants, ChannelAxis = (_, weights) => weights.Dims.Count == 2 ? 1 : null },
    ];

    static bool HasConstants(NodeProto node, GraphIndex index) =>
        index.Constant(node.InputAt(1)) is { DataType: (int)ElementType.Float, Dims.Count: >= 2 } && index.Constant(node.Input[0]) is null
        && (node.InputAt(2).Length == 0 || index.Constant(node.InputAt(2)) is { DataType: (int)ElementType.Float });

    /// <summary>Without factors, and with a bias by output channel alone: what ONNX Runtime's integer kernel takes.</summary>
    static bool IsPlainGemm(NodeProto node, GraphIndex index)
    {
        if (!HasConstants(node, index) || node.GetInteger("transA", 0) != 0 || node.GetNumber("alpha", 1) != 1 || node.GetNumber("beta", 1) != 1)
            return false;
        var channels = index.Constant(node.Input[1])!.Dims[node.GetInteger("transB", 0) == 1 ? 0 : 1];
        return index.Constant(node.InputAt(2)) is not { } bias || (bias.Dims.Count == 1 && bias.Dims[0] == channels);
    }
}
