// Products and sums with one number. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Products with a positive number change only the scale of integers, sums only their zero point. A clamp behind makes them computations of their own, whose saturation it is.</summary>
static class AffineOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("Mul", OperatorFamily.Affine) { Activations = _ => [0, 1], Accepts = (node, index) => IsFree(node, index) && Factor(Either(node, index)) > 0, Map = (node, index) => (Factor(Either(node, index)), 0) },
        new("Div", OperatorFamily.Affine) { Accepts = (node, index) => IsFree(node, index) && Factor(1 / Number(index, node.Input[1])) > 0, Map = (node, index) => (Factor(1 / Number(index, node.Input[1])), 0) },
        new("Sub", OperatorFamily.Affine) { Accepts = (node, index) => IsFree(node, index) && float.IsFinite(Number(index, node.Input[1]) ?? float.NaN), Map = (node, index) => (1, -Number(index, node.Input[1])!.Value) },
        new("Add", OperatorFamily.Affine) { Activations = _ => [0, 1], Accepts = (node, index) => IsFree(node, index) && float.IsFinite(Either(node, index) ?? float.NaN), Map = (node, index) => (1, Either(node, index)!.Value) },
    ];

    static bool IsFree(NodeProto node, GraphIndex index) => index.OnlyConsumer(node.Output[0])?.Is("Relu", "Clip") != true;

    static float Factor(float? factor) => factor is { } known && float.IsNormal(known) ? known : 0;

    static float? Either(NodeProto node, GraphIndex index) => Number(index, node.Input[1]) ?? Number(index, node.Input[0]);

    /// <summary>A constant that changes no shape: a scalar, or a vector of one value.</summary>
    public static float? Number(GraphIndex index, string value) =>
        index.Constant(value) is { DataType: (int)ElementType.Float, Dims.Count: <= 1 } tensor && TensorData.Count(tensor) == 1 ? TensorData.ReadFloats(tensor)[0] : null;
}
