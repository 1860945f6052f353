// Adds the nodes and constants of the QDQ form to a graph. Unaware of what is quantized and why.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Equal scales and zero points are stored once; the new nodes have no names, for small files.</summary>
/// <remarks>
/// Source of the operators: ONNX, QuantizeLinear and DequantizeLinear, version 13. Integers of sixteen bits came with version 21; before, ONNX Runtime's operators of the same names take them, which compilers of accelerators read too.
/// </remarks>
sealed class QdqTensors(GraphIndex index)
{
    /// <summary>Of ONNX Runtime's own operators.</summary>
    public const string RuntimeDomain = "com.microsoft";

    readonly Dictionary<float, string> scales = [];
    readonly Dictionary<(QuantizedType Type, int ZeroPoint, int Channels), string> zeroPoints = [];

    /// <summary>Adds QuantizeLinear and gives the name of the integers.</summary>
    public NodeProto Quantize(string value, string integers, QuantizationParameters parameters) =>
        index.Add(new NodeProto { OpType = "QuantizeLinear", Domain = Domain(parameters.Type), Input = { value, Scale(value, parameters.Scale), ZeroPoint(parameters.Type, parameters.ZeroPoint) }, Output = { integers } });

    /// <summary>Adds DequantizeLinear with one scale.</summary>
    public NodeProto Dequantize(string integers, string value, QuantizationParameters parameters) =>
        index.Add(new NodeProto { OpType = "DequantizeLinear", Domain = Domain(parameters.Type), Input = { integers, Scale(value, parameters.Scale), ZeroPoint(parameters.Type, parameters.ZeroPoint) }, Output = { value } });

    /// <summary>Adds constant integers and DequantizeLinear for them, with a scale for each index of <paramref name="axis"/>; gives the name of the floats.</summary>
    /// <param name="stem">For names.</param>
    /// <param name="integers">Row-major, in the bytes of <paramref name="type"/>.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="scales">One without an axis.</param>
    /// <param name="zeroPoint">The same for all.</param>
    /// <param name="axis">The channel axis, or null for one scale.</param>
    /// <param name="type">Type of the integers.</param>
    public string Constant(string stem, byte[] integers, IEnumerable<long> shape, ImmutableArray<float> scales, int zeroPoint, int? axis, QuantizedType type)
    {
        var stored = index.Add(new TensorProto { Name = index.FreshName(stem + ".q"), DataType = (int)type.Element(), Dims = { shape }, RawData = ByteString.CopyFrom(integers) });
        return Constant(stem, stored, scales, ZeroPoint(type, zeroPoint, axis is null ? 0 : scales.Length), axis, Domain(type));
    }

    /// <summary>The same for a bias of 32 bits, whose zero point is zero.</summary>
    public string Bias(string stem, int[] integers, IEnumerable<long> shape, ImmutableArray<float> scales, bool perChannel)
    {
        var stored = index.Add(new TensorProto { Name = index.FreshName(stem + ".q"), DataType = (int)TensorProto.Types.DataType.Int32, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(integers.AsSpan())) });
        return Constant(stem, stored, scales, null, perChannel ? 0 : null);
    }

    string Constant(string stem, string stored, ImmutableArray<float> scales, string? zeroPoint, int? axis, string domain = "")
    {
        var scale = axis is null ? Scale(stem, scales[0]) : index.Add(TensorData.Make<float>(index.FreshName(stem + ".s"), scales.AsSpan(), scales.Length));
        var node = new NodeProto { OpType = "DequantizeLinear", Domain = domain, Input = { stored, scale }, Output = { index.FreshName(stem + ".d") } };
        if (zeroPoint is not null)
            node.Input.Add(zeroPoint);
        if (axis is { } at)
            node.With("axis", (long)at);
        return index.Add(node).Output[0];
    }

    static string Domain(QuantizedType type) => type.IsWide() ? RuntimeDomain : "";

    string Scale(string stem, float scale)
    {
        if (!scales.TryGetValue(scale, out var name))
            scales.Add(scale, name = index.Add(TensorData.Make<float>(index.FreshName(stem + ".s"), [scale])));
        return name;
    }

    /// <summary>A scalar, or with <paramref name="channels"/> a vector.</summary>
    string ZeroPoint(QuantizedType type, int zeroPoint, int channels = 0)
    {
        if (zeroPoints.TryGetValue((type, zeroPoint, channels), out var name))
            return name;
        var bytes = type.Bytes(Enumerable.Repeat(zeroPoint, Math.Max(channels, 1)));
        var tensor = new TensorProto { Name = index.FreshName(channels == 0 ? $"zero.{zeroPoint}" : $"zero.{zeroPoint}.{channels}"), DataType = (int)type.Element(), RawData = ByteString.CopyFrom(bytes) };
        if (channels > 0)
            tensor.Dims.Add(channels);
        zeroPoints.Add((type, zeroPoint, channels), name = index.Add(tensor));
        return name;
    }
}
