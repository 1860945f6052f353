// Moves integers with a sign by half of their range. Unaware of what the values mean.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// Integers and zero points go up by 128, so each stands for the number that it stood for. ONNX Runtime on x86-64 fuses activations without a sign only; weights without a sign are for processors on which sums of two products of
/// unsigned and signed bytes saturate (x86-64 without VNNI): two unsigned factors are widened first. Exact.
/// </summary>
/// <param name="weights">Whether constants lose their sign too.</param>
sealed class UnsignPairs(bool weights) : IModelPass
{
    const byte Half = 128;

    public string Name => "unsign-pairs";

    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder().Where(PairParameters.IsQuantize))
            if (IsSigned(index, node) && Chain(index, node) is { } chain)
                Unsign(index, [node, .. chain]);
        if (weights)
            foreach (var pair in index.TopologicalOrder().Where(PairParameters.IsDequantize))
                if (index.Constant(pair.Input[0]) is { DataType: (int)ElementType.Int8 } integers && IsSigned(index, pair))
                {
                    index.SetInput(pair, 0, index.Add(Moved(integers, index.FreshName($"{integers.Name}.u"))));
                    Unsign(index, [pair]);
                }
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }

    static bool IsSigned(GraphIndex index, NodeProto node) => PairParameters.Of(index, node)?.Type == ElementType.Int8;

    /// <summary>All that reads the integers, down to where they become floats; null when something else does.</summary>
    static List<NodeProto>? Chain(GraphIndex index, NodeProto quantize)
    {
        var (found, open) = (new List<NodeProto>(), new Stack<string>([quantize.Output[0]]));
        while (open.TryPop(out var value))
        {
            if (index.IsOutput(value))
                return null;
            foreach (var reader in index.Consumers(value))
            {
                if (reader.Input[0] != value || reader.Input.Skip(1).Contains(value) || reader.Output.Count != 1)
                    return null;
                if (PairParameters.IsDequantize(reader) ? !IsSigned(index, reader) : !(reader.Is("Clip") && reader.Input.Skip(1).All(end => end.Length == 0 || index.Constant(end) is { DataType: (int)ElementType.Int8 })))
                    return null;
                found.Add(reader);
                if (reader.Is("Clip"))
                    open.Push(reader.Output[0]);
            }
        }
        return found;
    }

    static void Unsign(GraphIndex index, ImmutableArray<NodeProto> chain)
    {
        foreach (var node in chain)
        {
            if (node.Is("Clip"))
            {
                for (var i = 1; i < node.Input.Count; i++)
                    if (node.Input[i].Length > 0)
                        index.SetInput(node, i, index.Add(Moved(index.Constant(node.Input[i])!, index.FreshName($"{node.Input[i]}.u"))));
            }
            else
                Zero(index, node);
            if (!PairParameters.IsDequantize(node) && index.ShapeOf(node.Output[0]) is var shape)
                index.Describe(node.Output[0], ElementType.Uint8, shape);
        }
    }

    static void Zero(GraphIndex index, NodeProto node)
    {
        var name = index.FreshName($"{node.Output[0]}.zero");
        if (index.Constant(node.InputAt(2)) is { } zero)
            index.Add(Moved(zero, name));
        else
        {
            var scales = index.Constant(node.Input[1])!;
            index.Add(new TensorProto { Name = name, DataType = (int)ElementType.Uint8, Dims = { scales.Dims }, RawData = ByteString.CopyFrom([.. Enumerable.Repeat(Half, (int)TensorData.Count(scales))]) });
        }
        index.SetInput(node, 2, name);
        node.Without("output_dtype");
    }

    static TensorProto Moved(TensorProto tensor, string name)
    {
        byte[] bytes = [.. TensorData.Bytes(tensor)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] += Half;
        return new() { Name = name, DataType = (int)ElementType.Uint8, Dims = { tensor.Dims }, RawData = ByteString.CopyFrom(bytes) };
    }
}
