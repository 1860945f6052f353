// The scales and zero points of a QuantizeLinear or DequantizeLinear of somebody else's. Unaware of what reads or makes the integers.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>Half of a pair whose numbers are constant. Of several scales <see cref="Axis"/> counts from the front, as far as the rank is known.</summary>
/// <remarks>Source: ONNX, QuantizeLinear and DequantizeLinear, versions 10 to 21.</remarks>
sealed record PairParameters(ImmutableArray<float> Scales, ImmutableArray<long> ZeroPoints, ElementType Type, long Axis)
{
    const string Quantize = "QuantizeLinear", Dequantize = "DequantizeLinear";

    /// <summary>Whether it has one scale.</summary>
    public bool IsPlain => Scales.Length == 1;

    /// <summary>Whether QuantizeLinear can make such integers; those of 32 bits are sums and biases, which are only read.</summary>
    public bool IsMade => Type != ElementType.Int32;

    /// <summary>Least and largest integer.</summary>
    public (int Least, int Largest) Range => Type switch
    {
        ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.Uint8 => (byte.MinValue, byte.MaxValue),
        ElementType.Int16 => (short.MinValue, short.MaxValue),
        ElementType.Uint16 => (ushort.MinValue, ushort.MaxValue),
        _ => (int.MinValue, int.MaxValue),
    };

    /// <summary>Whether the node makes integers of floats, in the standard form.</summary>
    public static bool IsQuantize(NodeProto? node) => node?.Is(Quantize) == true && node.Output.Count == 1;

    /// <summary>Whether the node makes floats of integers, in the standard form.</summary>
    public static bool IsDequantize(NodeProto? node) => node?.Is(Dequantize) == true && node.Output.Count == 1;

    /// <summary>The numbers of one of the two; null when they are computed, blocked, or of types that are no integers.</summary>
    public static PairParameters? Of(GraphIndex index, NodeProto node)
    {
        if (node.GetInteger("block_size", 0) != 0 || index.Constant(node.InputAt(1)) is not { DataType: (int)ElementType.Float } scale)
            return null;
        var zero = index.Constant(node.InputAt(2));
        if (zero is null && node.InputAt(2).Length > 0)
            return null;
        ElementType? stated = zero is not null ? (ElementType)zero.DataType
            : IsQuantize(node) ? TypeWithoutZero(node)
            : index.TypeOf(node.InputAt(0)) ?? (index.Producer(node.InputAt(0)) is { } maker && IsQuantize(maker) ? Of(index, maker)?.Type : null);
        if (stated is not (ElementType.Int8 or ElementType.Uint8 or ElementType.Int16 or ElementType.Uint16 or ElementType.Int32) || stated is not { } type)
            return null;
        float[] scales = TensorData.Read<float>(scale);
        long[] zeros = zero is null ? new long[scales.Length] : TensorData.ReadIntegers(zero);
        if (scales.Length == 0 || zeros.Length != scales.Length || scales.Any(one => !(one > 0 && float.IsFinite(one))))
            return null;
        var rank = index.ShapeOf(node.InputAt(0))?.Length ?? 0;
        var axis = node.GetInteger("axis", 1);
        return new([.. scales], [.. zeros], type, axis < 0 ? axis + rank : axis);
    }

    /// <summary>What QuantizeLinear makes that has no zero point.</summary>
    public static ElementType TypeWithoutZero(NodeProto node) => node.GetInteger("output_dtype", 0) is not 0 and var type ? (ElementType)type : ElementType.Uint8;

    /// <summary>The name of a zero point of one element. A pair that has none says by other means which integers it makes, which a copy of it would not.</summary>
    public string Zero(GraphIndex index, NodeProto node) => node.InputAt(2).Length > 0 ? node.Input[2] : index.Add(new TensorProto
    {
        Name = index.FreshName($"{node.Output[0]}.zero"),
        DataType = (int)Type,
        RawData = ByteString.CopyFrom(new byte[TensorData.Size(Type)!.Value]),
    });

    /// <summary>Whether both make the same of a number.</summary>
    public bool IsSame(PairParameters other) => Type == other.Type && Scales.SequenceEqual(other.Scales) && ZeroPoints.SequenceEqual(other.ZeroPoints) && (IsPlain || Axis == other.Axis);

    /// <summary>The integer of a number, by the one scale there is: halves to even, saturated.</summary>
    public int Integer(double value) => (int)Math.Clamp(Math.Round((float)value / Scales[0], MidpointRounding.ToEven) + ZeroPoints[0], Range.Least, Range.Largest);
}
