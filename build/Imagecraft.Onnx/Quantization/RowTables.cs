// Stores tables that rows are gathered from with eight bits. Unaware of what the rows mean.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Tables of words and places, which are most of a small transformer, with a scale for each row: rows of integers are gathered as rows of floats would be, and so are their scales.</summary>
static class RowTables
{
    /// <summary>The operator that reads them.</summary>
    public const string Kind = "Gather";

    // Below, two nodes more cost more than the bytes that are saved.
    const long LeastCount = 1024;

    /// <summary>Replaces a node that gathers rows of a constant table at places that are computed; tells whether it is one.</summary>
    public static bool Replace(GraphIndex index, NodeProto node)
    {
        if (!node.Is(Kind) || node.GetInteger("axis", 0) != 0 || index.Constant(node.Input[1]) is not null || index.Constant(node.Input[0]) is not { DataType: (int)ElementType.Float, Dims.Count: 2 } table || TensorData.Count(table) < LeastCount)
            return false;
        var quantized = WeightQuantizer.Quantize(WeightWriter.Finite(table, node, index.File), [.. table.Dims], 0, QuantizedType.Int8, reduceRange: false);
        var name = QuantizationPlanner.NameOf(node);
        var integers = Gather(new TensorProto { Name = index.FreshName(table.Name + ".q"), DataType = (int)ElementType.Int8, Dims = { table.Dims }, RawData = ByteString.CopyFrom(quantized.Integers) });
        var scales = Gather(TensorData.Make<float>(index.FreshName(table.Name + ".s"), quantized.Scales.AsSpan(), table.Dims[0], 1));
        var floats = index.Add(new NodeProto { OpType = "Cast", Input = { integers }, Output = { index.FreshName(name + ".f") } }.With("to", (long)ElementType.Float)).Output[0];
        index.Remove(node);
        index.Add(new NodeProto { OpType = "Mul", Name = node.Name, Input = { floats, scales }, Output = { node.Output[0] } });
        return true;

        string Gather(TensorProto rows) => index.Add(new NodeProto { OpType = Kind, Input = { index.Add(rows), node.Input[1] }, Output = { index.FreshName($"{name}.rows") } }).Output[0];
    }
}
