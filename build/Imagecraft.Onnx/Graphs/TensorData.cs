// Reads and makes constant tensors. Unaware of graphs.

using System.Runtime.InteropServices;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Graphs;

/// <summary>
/// Values of a <see cref="TensorProto"/>, whether it holds them raw or in the field of their type. Values are in row-major order and, as all hosts of Imagecraft,
/// little-endian. A tensor that does not hold as many values as its shape says is an <see cref="OnnxException"/>.
/// </summary>
/// <remarks>Source of the layout: the comments of <c>TensorProto</c> in the published format.</remarks>
public static class TensorData
{
    /// <summary>Product of the sizes; 1 for a scalar.</summary>
    public static long Count(TensorProto tensor)
    {
        var count = 1L;
        foreach (var size in tensor.Dims)
            if (size < 0 || (size > 0 && count > long.MaxValue / size))
                throw Bad(tensor, $"the shape [{string.Join(", ", tensor.Dims)}] is impossible");
            else
                count *= size;
        return count;
    }

    /// <summary>Bytes of one value, or null for strings, types below one byte and unknown types.</summary>
    public static int? Size(ElementType type) => type switch
    {
        ElementType.Uint8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.Uint16 or ElementType.Int16 or ElementType.Float16 or ElementType.Bfloat16 => 2,
        ElementType.Float or ElementType.Int32 or ElementType.Uint32 => 4,
        ElementType.Double or ElementType.Int64 or ElementType.Uint64 => 8,
        _ => null,
    };

    /// <summary>The ONNX type of a C# type.</summary>
    public static ElementType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ElementType.Float
        : typeof(T) == typeof(double) ? ElementType.Double
        : typeof(T) == typeof(Half) ? ElementType.Float16
        : typeof(T) == typeof(sbyte) ? ElementType.Int8
        : typeof(T) == typeof(byte) ? ElementType.Uint8
        : typeof(T) == typeof(short) ? ElementType.Int16
        : typeof(T) == typeof(ushort) ? ElementType.Uint16
        : typeof(T) == typeof(int) ? ElementType.Int32
        : typeof(T) == typeof(uint) ? ElementType.Uint32
        : typeof(T) == typeof(long) ? ElementType.Int64
        : typeof(T) == typeof(ulong) ? ElementType.Uint64
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : throw new ArgumentException($"Tensors cannot hold `{typeof(T)}`");

    /// <summary>The values of a tensor of exactly this type.</summary>
    public static T[] Read<T>(TensorProto tensor) where T : unmanaged =>
        tensor.DataType == (int)TypeOf<T>() ? Cast<T>(tensor) : throw Bad(tensor, $"it is {Name(tensor.DataType)}, {Name((int)TypeOf<T>())} is needed");

    /// <summary>The values of a tensor of any floating-point type.</summary>
    public static float[] ReadFloats(TensorProto tensor) => (ElementType)tensor.DataType switch
    {
        ElementType.Float => Cast<float>(tensor),
        ElementType.Double => Array.ConvertAll(Cast<double>(tensor), value => (float)value),
        ElementType.Float16 => Array.ConvertAll(Cast<Half>(tensor), value => (float)value),
        ElementType.Bfloat16 => Array.ConvertAll(Cast<ushort>(tensor), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
        _ => throw Bad(tensor, $"it is {Name(tensor.DataType)}, a floating-point type is needed"),
    };

    /// <summary>The values of a tensor of any integer type but uint64, or of booleans.</summary>
    public static long[] ReadIntegers(TensorProto tensor) => (ElementType)tensor.DataType switch
    {
        ElementType.Int64 => Cast<long>(tensor),
        ElementType.Int32 => Array.ConvertAll(Cast<int>(tensor), value => (long)value),
        ElementType.Uint32 => Array.ConvertAll(Cast<uint>(tensor), value => (long)value),
        ElementType.Int16 => Array.ConvertAll(Cast<short>(tensor), value => (long)value),
        ElementType.Uint16 => Array.ConvertAll(Cast<ushort>(tensor), value => (long)value),
        ElementType.Int8 => Array.ConvertAll(Cast<sbyte>(tensor), value => (long)value),
        ElementType.Uint8 or ElementType.Bool => Array.ConvertAll(Cast<byte>(tensor), value => (long)value),
        _ => throw Bad(tensor, $"it is {Name(tensor.DataType)}, an integer type is needed"),
    };

    /// <summary>A tensor with the values as raw data.</summary>
    public static TensorProto Make<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TypeOf<T>(), RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        foreach (var size in shape)
            tensor.Dims.Add(size);
        return Count(tensor) == values.Length ? tensor : throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", tensor.Dims)}]");
    }

    /// <summary>The name of an element type in messages.</summary>
    public static string Name(int type) => ((ElementType)type).ToString().ToLowerInvariant();

    static T[] Cast<T>(TensorProto tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes(tensor)).ToArray();

    /// <summary>The values as they would be raw. Not for strings and types below one byte.</summary>
    public static ReadOnlySpan<byte> Bytes(TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            throw Bad(tensor, "its data lie outside the file");
        var size = Size((ElementType)tensor.DataType) ?? throw Bad(tensor, $"values of type {Name(tensor.DataType)} cannot be read");
        var bytes = tensor.HasRawData ? tensor.RawData.Span : FromFields(tensor);
        var count = Count(tensor);
        return count <= Array.MaxLength / size && bytes.Length == count * size
            ? bytes
            : throw Bad(tensor, $"it has {bytes.Length} bytes, but the shape [{string.Join(", ", tensor.Dims)}] of {Name(tensor.DataType)} needs {(Int128)count * size}");
    }

    static ReadOnlySpan<byte> FromFields(TensorProto tensor) => (ElementType)tensor.DataType switch
    {
        ElementType.Float => AsBytes<float>([.. tensor.FloatData]),
        ElementType.Double => AsBytes<double>([.. tensor.DoubleData]),
        ElementType.Int64 => AsBytes<long>([.. tensor.Int64Data]),
        ElementType.Uint64 => AsBytes<ulong>([.. tensor.Uint64Data]),
        ElementType.Uint32 => AsBytes<uint>([.. tensor.Uint64Data.Select(value => (uint)value)]),
        ElementType.Int32 => AsBytes<int>([.. tensor.Int32Data]),
        // Sixteen bits of a float are stored as the integer of the same bits.
        ElementType.Int16 or ElementType.Uint16 or ElementType.Float16 or ElementType.Bfloat16 => AsBytes<ushort>([.. tensor.Int32Data.Select(value => (ushort)value)]),
        _ => AsBytes<byte>([.. tensor.Int32Data.Select(value => (byte)value)]),
    };

    static ReadOnlySpan<byte> AsBytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values);

    static OnnxException Bad(TensorProto tensor, string reason) => new($"The tensor `{tensor.Name}` cannot be used: {reason}");
}
