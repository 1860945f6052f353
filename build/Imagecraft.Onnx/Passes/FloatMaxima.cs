// Computes largest integers as floats, which is faster. Unaware of what the integers stand for.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Taken;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Puts a pair around each <c>MaxPool</c> of eight-bit integers, since ONNX Runtime's kernel for these is plain loops and takes many times as long as that for floats. The integers themselves are the floats, so the result has the
/// same bits. The scales of the two halves differ in their last digit, by which no rounding changes: between equal ones ONNX Runtime would drop the pair again when a network is optimized at load.
/// </summary>
/// <remarks>Source: ONNX Runtime's selectors of pairs around operators that do not change values, which compare scales for equality.</remarks>
public sealed class FloatMaxima : IModelPass
{
    /// <inheritdoc/>
    public string Name => "float-maxima";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        var types = Types(index);
        foreach (var node in index.Nodes.Where(node => node.Is("MaxPool") && node.Output.Count == 1))
            if (types.TryGetValue(node.Input[0], out var type))
                Surround(index, node, type);
        index.Finish();
        return model;
    }

    static void Surround(GraphIndex index, NodeProto pool, ElementType type)
    {
        var (input, output) = (pool.Input[0], pool.Output[0]);
        var (floats, largest) = (index.FreshName(output + ".d"), index.FreshName(output + ".f"));
        var zero = index.Add(new TensorProto { Name = index.FreshName("zero.0"), DataType = (int)type, RawData = Google.Protobuf.ByteString.CopyFrom([0]) });
        index.Remove(pool);
        pool.Input[0] = floats;
        pool.Output[0] = largest;
        index.Add(pool);
        index.Add(new NodeProto { OpType = "DequantizeLinear", Input = { input, Scale(index, 1), zero }, Output = { floats } });
        index.Add(new NodeProto { OpType = "QuantizeLinear", Input = { largest, Scale(index, MathF.BitIncrement(1)), zero }, Output = { output } });
    }

    static string Scale(GraphIndex index, float value) => index.Add(TensorData.Make<float>(index.FreshName("scale"), [value]));

    /// <summary>The values that are known to be integers of eight bits: what is quantized, and what only moves them.</summary>
    static Dictionary<string, ElementType> Types(GraphIndex index)
    {
        var types = index.Graph.Input.Where(input => IsByte(index.TypeOf(input.Name))).ToDictionary(input => input.Name, input => index.TypeOf(input.Name)!.Value);
        foreach (var node in index.TopologicalOrder().Where(node => node.Output.Count > 0))
            if (Made(index, node, types) is { } type)
                foreach (var output in node.Output)
                    types[output] = type;
        return types;
    }

    /// <summary>Operators on integers give what their output's zero point is, the last input but for a bias; operators that take any type what they read.</summary>
    static ElementType? Made(GraphIndex index, NodeProto node, Dictionary<string, ElementType> types) => node.OpType switch
    {
        "QuantizeLinear" => Zero(index, node.InputAt(2), PairParameters.TypeWithoutZero(node)),
        "QLinearConv" or "QLinearMatMul" => Zero(index, node.InputAt(7), null),
        "QGemm" => node.InputAt(8).Length > 0 ? Zero(index, node.InputAt(8), null) : null,
        "QLinearConcat" => Zero(index, node.InputAt(1), null),
        _ when node.OpType.StartsWith("QLinear", StringComparison.Ordinal) => types.TryGetValue(node.OpType == "QLinearWhere" ? node.Input[1] : node.Input[0], out var type) ? type : null,
        "MaxPool" or "Reshape" or "Transpose" or "Flatten" or "Squeeze" or "Unsqueeze" or "Slice" or "Split" or "Concat" or "Pad" or "Expand" or "Tile" or "Gather" or "Resize" or "Identity" or "DepthToSpace" or "SpaceToDepth"
            => types.TryGetValue(node.Input[0], out var moved) ? moved : null,
        _ => null,
    };

    static ElementType? Zero(GraphIndex index, string value, ElementType? otherwise) =>
        value.Length == 0 ? (IsByte(otherwise) ? otherwise : null) : index.TypeOf(value) is { } type && IsByte(type) ? type : null;

    static bool IsByte(ElementType? type) => type is ElementType.Uint8 or ElementType.Int8;
}
