// Reads and writes elements of any number type as doubles or 64-bit integers. Unaware of operators.

using System.Numerics;
using System.Runtime.Intrinsics;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>For operators that are rare or small: one arithmetic for all types. Integers beyond 2^53 lose digits as doubles.</summary>
static class Numbers
{
    public static bool IsFloating(ElementType type) => type is ElementType.Float or ElementType.Double or ElementType.Float16;

    public static double[] Read(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float => From<float>(tensor),
        ElementType.Double => tensor.Span<double>().ToArray(),
        ElementType.Float16 => From<Half>(tensor),
        ElementType.Int64 => From<long>(tensor),
        ElementType.Int32 => From<int>(tensor),
        ElementType.Int16 => From<short>(tensor),
        ElementType.Int8 => From<sbyte>(tensor),
        ElementType.Uint64 => From<ulong>(tensor),
        ElementType.Uint32 => From<uint>(tensor),
        ElementType.Uint16 => From<ushort>(tensor),
        ElementType.Uint8 or ElementType.Bool => From<byte>(tensor),
        var other => throw new OnnxException($"Tensors of {Tensor.Name(other)} have no reference arithmetic"),
    };

    /// <summary>The sum, from the first value to the last.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    /// <summary>The sum of floats as doubles, in eight lanes whatever the processor's vectors are, then of the lanes.</summary>
    public static double Sum(ReadOnlySpan<float> values, bool squares)
    {
        var (lanes, i) = (Vector512<double>.Zero, 0);
        for (; i <= values.Length - 8; i += 8)
        {
            var (first, second) = Vector256.Widen(Vector256.Create(values[i..]));
            var wide = Vector512.Create(first, second);
            lanes += squares ? wide * wide : wide;
        }
        var sum = 0.0;
        for (var lane = 0; lane < 8; lane++)
            sum += lanes[lane];
        for (; i < values.Length; i++)
            sum += squares ? (double)values[i] * values[i] : values[i];
        return sum;
    }

    /// <summary>Rounds to floats; truncates to integers, which wrap; booleans are what is not zero.</summary>
    public static void Write(Tensor tensor, ReadOnlySpan<double> values)
    {
        switch (tensor.Type)
        {
            case ElementType.Float:
                To<float>(tensor, values);
                break;
            case ElementType.Double:
                values.CopyTo(tensor.Span<double>());
                break;
            case ElementType.Float16:
                To<Half>(tensor, values);
                break;
            case ElementType.Bool:
                for (var i = 0; i < values.Length; i++)
                    tensor.Span<byte>()[i] = values[i] == 0 ? (byte)0 : (byte)1;
                break;
            case ElementType.Uint64:
                To<ulong>(tensor, values);
                break;
            default:
                var integers = new long[values.Length];
                for (var i = 0; i < values.Length; i++)
                    integers[i] = long.CreateSaturating(values[i]);
                WriteIntegers(tensor, integers);
                break;
        }
    }

    public static long[] ReadIntegers(Tensor tensor) => tensor.Type switch
    {
        ElementType.Int64 => tensor.Span<long>().ToArray(),
        ElementType.Uint64 => Array.ConvertAll(tensor.Span<ulong>().ToArray(), value => unchecked((long)value)),
        ElementType.Int32 => Array.ConvertAll(tensor.Span<int>().ToArray(), value => (long)value),
        ElementType.Uint32 => Array.ConvertAll(tensor.Span<uint>().ToArray(), value => (long)value),
        ElementType.Int16 => Array.ConvertAll(tensor.Span<short>().ToArray(), value => (long)value),
        ElementType.Uint16 => Array.ConvertAll(tensor.Span<ushort>().ToArray(), value => (long)value),
        ElementType.Int8 => Array.ConvertAll(tensor.Span<sbyte>().ToArray(), value => (long)value),
        ElementType.Uint8 or ElementType.Bool => Array.ConvertAll(tensor.Span<byte>().ToArray(), value => (long)value),
        var other => throw new OnnxException($"A tensor of {Tensor.Name(other)} is where integers are needed"),
    };

    /// <summary>Keeps the lowest bits.</summary>
    public static void WriteIntegers(Tensor tensor, ReadOnlySpan<long> values)
    {
        switch (tensor.Type)
        {
            case ElementType.Int64 or ElementType.Uint64:
                values.CopyTo(tensor.Span<long>());
                break;
            case ElementType.Int32 or ElementType.Uint32:
                ToBits<int>(tensor, values);
                break;
            case ElementType.Int16 or ElementType.Uint16:
                ToBits<short>(tensor, values);
                break;
            default:
                ToBits<byte>(tensor, values);
                break;
        }
    }

    static double[] From<T>(Tensor tensor) where T : unmanaged, INumber<T>
    {
        var source = tensor.Span<T>();
        var values = new double[tensor.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = double.CreateTruncating(source[i]);
        return values;
    }

    static void To<T>(Tensor tensor, ReadOnlySpan<double> values) where T : unmanaged, INumber<T>
    {
        var target = tensor.Span<T>();
        for (var i = 0; i < values.Length; i++)
            target[i] = T.CreateTruncating(values[i]);
    }

    static void ToBits<T>(Tensor tensor, ReadOnlySpan<long> values) where T : unmanaged, INumber<T>
    {
        var target = tensor.Span<T>();
        for (var i = 0; i < values.Length; i++)
            target[i] = T.CreateTruncating(values[i]);
    }
}
