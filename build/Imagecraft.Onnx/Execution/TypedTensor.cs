// A tensor of any number type in memory. Unaware of networks.

using System.Runtime.InteropServices;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Execution;

/// <summary>Values in row-major order, little-endian; booleans are bytes of 0 and 1.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Sizes of the dimensions.</param>
/// <param name="Bytes">As many as the shape needs.</param>
public sealed record TypedTensor(ElementType Type, long[] Shape, byte[] Bytes)
{
    /// <summary>How many values.</summary>
    public int Count => Bytes.Length / TensorData.Size(Type)!.Value;

    /// <summary>Whether the values are whole numbers or booleans.</summary>
    public bool IsWhole => Type.IsWhole();

    /// <summary>Zeros of a shape.</summary>
    public static TypedTensor Zeros(ElementType type, long[] shape) => new(type, shape, new byte[shape.Aggregate((long)TensorData.Size(type)!.Value, (product, size) => checked(product * size))]);

    /// <summary>The same values as another type: whole numbers are rounded to even and end where their type ends.</summary>
    public static TypedTensor Of(FloatTensor tensor, ElementType type)
    {
        var values = tensor.Values;
        return new(type, tensor.Shape, type switch
        {
            ElementType.Float => Raw(values),
            ElementType.Double => Raw(Array.ConvertAll(values, value => (double)value)),
            ElementType.Float16 => Raw(Array.ConvertAll(values, value => (Half)value)),
            ElementType.Bool => Array.ConvertAll(values, value => value == 0 ? (byte)0 : (byte)1),
            ElementType.Uint8 => Array.ConvertAll(values, value => byte.CreateSaturating(MathF.Round(value))),
            ElementType.Int8 => Raw(Array.ConvertAll(values, value => sbyte.CreateSaturating(MathF.Round(value)))),
            ElementType.Uint16 => Raw(Array.ConvertAll(values, value => ushort.CreateSaturating(MathF.Round(value)))),
            ElementType.Int16 => Raw(Array.ConvertAll(values, value => short.CreateSaturating(MathF.Round(value)))),
            ElementType.Uint32 => Raw(Array.ConvertAll(values, value => uint.CreateSaturating(MathF.Round(value)))),
            ElementType.Int32 => Raw(Array.ConvertAll(values, value => int.CreateSaturating(MathF.Round(value)))),
            ElementType.Uint64 => Raw(Array.ConvertAll(values, value => ulong.CreateSaturating(MathF.Round(value)))),
            ElementType.Int64 => Raw(Array.ConvertAll(values, value => long.CreateSaturating(MathF.Round(value)))),
            _ => throw new OnnxException($"Numbers cannot become {TensorData.Name((int)type)}"),
        });
    }

    /// <summary>Frames of one shape, one behind the other along a new leading dimension; null when their shapes differ.</summary>
    public static TypedTensor? Stack(IReadOnlyList<TypedTensor> frames) =>
        frames.All(frame => frame.Shape.AsSpan().SequenceEqual(frames[0].Shape)) ? new(frames[0].Type, [frames.Count, .. frames[0].Shape], [.. frames.SelectMany(frame => frame.Bytes)]) : null;

    /// <summary>What lies at a place of the leading dimension.</summary>
    public TypedTensor Slice(int index)
    {
        var length = Bytes.Length / (int)Shape[0];
        return new(Type, Shape[1..], Bytes[(index * length)..((index + 1) * length)]);
    }

    /// <summary>The value at a flat index; exact but for 64-bit integers beyond 2^53.</summary>
    public double At(int index) => Type switch
    {
        ElementType.Float => Span<float>()[index],
        ElementType.Double => Span<double>()[index],
        ElementType.Float16 => (double)Span<Half>()[index],
        ElementType.Int8 => Span<sbyte>()[index],
        ElementType.Int16 => Span<short>()[index],
        ElementType.Uint16 => Span<ushort>()[index],
        ElementType.Int32 => Span<int>()[index],
        ElementType.Uint32 => Span<uint>()[index],
        ElementType.Int64 => Span<long>()[index],
        ElementType.Uint64 => Span<ulong>()[index],
        _ => Bytes[index],
    };

    /// <summary>The same values as floats.</summary>
    public FloatTensor Floats()
    {
        if (Type == ElementType.Float)
            return new(Shape, Span<float>().ToArray());
        var values = new float[Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)At(i);
        return new(Shape, values);
    }

    ReadOnlySpan<T> Span<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    static byte[] Raw<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}

/// <summary>What a network is stepped over: as many frames for each input that is not carried.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Count">How many frames.</param>
/// <param name="Inputs">By input, the frames stacked.</param>
public sealed record FrameSet(string Name, int Count, IReadOnlyDictionary<string, TypedTensor> Inputs);
