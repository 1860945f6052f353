// Whether ONNX Runtime may fuse the pairs of a quantized network. Unaware of who quantized it.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Execution;

/// <summary>
/// ONNX Runtime fuses an operator between QuantizeLinear and DequantizeLinear into one on integers, and does not look along which axis the scales lie: but for one scale, and one for each output channel of weights, its kernels
/// fail, or take the scales for those of the channels where these are as many. Such a network computes right as long as its pairs stay.
/// </summary>
static class PairAxes
{
    /// <summary>What ONNX Runtime fuses pairs into.</summary>
    static readonly ImmutableArray<string> Fused = ["Add", "AveragePool", "Concat", "Conv", "Gemm", "GlobalAveragePool", "LeakyRelu", "MatMul", "Mul", "Sigmoid", "Softmax", "Where"];

    /// <summary>What of ONNX Runtime's optimizers must be left out, so that it keeps the pairs of a network that it would fuse wrongly.</summary>
    public static ImmutableArray<string> LeftOut(ModelProto model, string file) => AreForeign(model.Graph, file) ? ["QDQSelectorActionTransformer"] : [];

    static bool AreForeign(GraphProto graph, string file)
    {
        var index = new GraphIndex(graph, file);
        return index.Nodes.Any(node => IsForeign(index, node) || node.Subgraphs().Any(inner => AreForeign(inner, file)));
    }

    static bool IsForeign(GraphIndex index, NodeProto node) => node.OpType switch
    {
        "QuantizeLinear" => HasManyScales(index, node) && index.Producer(node.Input[0]) is { } producer && Fused.Contains(producer.OpType),
        "DequantizeLinear" => HasManyScales(index, node) && index.Consumers(node.Output[0]).Any(reader => Fused.Contains(reader.OpType) && !IsByChannel(index, node, reader)),
        _ => false,
    };

    static bool HasManyScales(GraphIndex index, NodeProto node) => index.ShapeOf(node.InputAt(1)) is { } shape && shape.Any(size => size != 1);

    /// <summary>Whether the scales are those of the output channels of weights, or of the bias behind them.</summary>
    static bool IsByChannel(GraphIndex index, NodeProto pair, NodeProto reader)
    {
        if (index.Constant(pair.Input[0]) is not { } constant || pair.GetInteger("block_size", 0) != 0)
            return false;
        var rank = constant.Dims.Count;
        var axis = pair.GetInteger("axis", 1) is var at && at < 0 ? at + rank : at;
        return Enumerable.Range(0, reader.Input.Count).Where(position => reader.Input[position] == pair.Output[0]).All(position => (reader.OpType, position) switch
        {
            ("Conv", 1) => axis == 0,
            ("Gemm", 1) => axis == (reader.GetInteger("transB", 0) == 0 ? 1 : 0),
            ("MatMul", 1) => rank == 2 && axis == 1,
            ("Conv" or "Gemm", 2) => rank == 1,
            _ => false,
        });
    }
}
