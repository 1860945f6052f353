// Pads integers where both sides of a pad are integers. Unaware of who quantized them.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Lets a <c>Pad</c> between a <c>DequantizeLinear</c> and a <c>QuantizeLinear</c> of equal parameters pad the integers, zero by their zero point: ONNX Runtime has the kernel, but no fusion for it. The bits are the same.
/// Assumes operator set 13; keeps other fillings than zero.
/// </summary>
public sealed class IntegerPads : IModelPass
{
    /// <inheritdoc/>
    public string Name => "integer-pads";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var pad in index.Nodes.Where(node => node.Is("Pad") && node.Output.Count == 1))
            if (index.Producer(pad.Input[0]) is { OpType: "DequantizeLinear" } before && index.OnlyConsumer(pad.Output[0]) is { OpType: "QuantizeLinear" } behind && AreEqual(index, before, behind) && Filling(index, pad, before) is { } filling)
                Pad(index, pad, before, behind, filling);
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }

    static void Pad(GraphIndex index, NodeProto pad, NodeProto before, NodeProto behind, TensorProto filling)
    {
        index.Remove(pad);
        index.Remove(behind);
        pad.Input[0] = before.Input[0];
        while (pad.Input.Count < 3)
            pad.Input.Add("");
        pad.Input[2] = index.Add(filling);
        pad.Output[0] = behind.Output[0];
        index.Add(pad);
    }

    static bool AreEqual(GraphIndex index, NodeProto before, NodeProto behind) =>
        index.Constant(before.InputAt(1)) is { } from && index.Constant(behind.InputAt(1)) is { } to && TensorData.Count(from) == 1 && TensorData.Count(to) == 1 && TensorData.ReadFloats(from)[0] == TensorData.ReadFloats(to)[0]
        && index.Constant(before.InputAt(2)) is { } zero && index.Constant(behind.InputAt(2)) is { } other && zero.DataType == other.DataType && IsByte(zero) && TensorData.ReadIntegers(zero)[0] == TensorData.ReadIntegers(other)[0];

    static bool IsByte(TensorProto zero) => zero.DataType is (int)ElementType.Uint8 or (int)ElementType.Int8 && TensorData.Count(zero) == 1;

    /// <summary>The zero point as a scalar, for whatever mode; null where the pad fills in another number.</summary>
    static TensorProto? Filling(GraphIndex index, NodeProto pad, NodeProto before)
    {
        if (pad.GetText("mode", "constant") == "constant" && pad.InputAt(2).Length > 0 && (index.Constant(pad.Input[2]) is not { } filling || Array.Exists(TensorData.ReadFloats(filling), value => value != 0)))
            return null;
        var zero = index.Constant(before.Input[2])!;
        return new() { Name = index.FreshName(pad.Output[0] + ".zero"), DataType = zero.DataType, RawData = ByteString.CopyFrom(unchecked((byte)TensorData.ReadIntegers(zero)[0])) };
    }
}
