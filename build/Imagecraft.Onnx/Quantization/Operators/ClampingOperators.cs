// Operators that limit values. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Rectifiers.</summary>
static class ClampingOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("Relu", OperatorFamily.Clamping) { Limits = (_, _) => new(0, float.PositiveInfinity) },
        new("Clip", OperatorFamily.Clamping) { Accepts = HasConstantLimits, Limits = (node, index) => new(Limit(node, index, 1) ?? float.NegativeInfinity, Limit(node, index, 2) ?? float.PositiveInfinity) },
    ];

    static bool HasConstantLimits(NodeProto node, GraphIndex index) =>
        Enumerable.Range(1, 2).All(at => node.InputAt(at).Length == 0 || Limit(node, index, at) is not null);

    static float? Limit(NodeProto node, GraphIndex index, int at) =>
        index.Constant(node.InputAt(at)) is { } limit && TensorData.Count(limit) == 1 ? TensorData.ReadFloats(limit)[0] : null;
}
