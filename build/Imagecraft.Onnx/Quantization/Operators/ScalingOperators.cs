// Multiplications by one positive number. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Products and quotients that only change the scale of integers.</summary>
static class ScalingOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("Mul", OperatorFamily.Scaling) { Activations = node => [0, 1], Accepts = (node, index) => Factor(node, index) > 0, Factor = (node, index) => Factor(node, index) },
        new("Div", OperatorFamily.Scaling) { Accepts = (node, index) => Factor(node, index) > 0, Factor = (node, index) => Factor(node, index) },
    ];

    /// <summary>The constant that the node multiplies by; 0 when there is none.</summary>
    static float Factor(NodeProto node, GraphIndex index) =>
        node.OpType == "Div" ? Usable(1 / (Number(index, node.Input[1]) ?? 0)) : Usable(Number(index, node.Input[1]) ?? Number(index, node.Input[0]) ?? 0);

    static float Usable(float factor) => float.IsNormal(factor) ? factor : 0;

    /// <summary>A constant that changes no shape: a scalar, or a vector of one value.</summary>
    static float? Number(GraphIndex index, string value) =>
        index.Constant(value) is { DataType: (int)ElementType.Float, Dims.Count: <= 1 } tensor && TensorData.Count(tensor) == 1 ? TensorData.ReadFloats(tensor)[0] : null;
}
