// Between floats and the integers that stand for them. Unaware of operators.

using System.Numerics;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>The parameters of a quantized tensor: a scale and a zero point, or one of each for every channel of an axis.</summary>
/// <param name="Scales">One, or as many as channels.</param>
/// <param name="ZeroPoints">As many.</param>
sealed record Affine(float[] Scales, int[] ZeroPoints)
{
    public static Affine Of(Tensor scale, Tensor? zeroPoint)
    {
        var scales = scale.Floats();
        var zeros = zeroPoint is null ? new int[scales.Length] : Array.ConvertAll(Numbers.ReadIntegers(zeroPoint), zero => (int)zero);
        return new(scales, zeros.Length == scales.Length ? zeros : [.. Enumerable.Repeat(zeros[0], scales.Length)]);
    }

    public float Scale => Scales[0];

    public int ZeroPoint => ZeroPoints[0];
}

/// <summary>Rounding to nearest, ties to even, then saturation, as ONNX defines QuantizeLinear.</summary>
static class Integers
{
    public static (int Least, int Largest) Limits(ElementType type) => type switch
    {
        ElementType.Uint8 => (0, 255),
        ElementType.Int8 => (-128, 127),
        ElementType.Uint16 => (0, 65535),
        ElementType.Int16 => (-32768, 32767),
        _ => throw new OnnxException($"Quantization to {Tensor.Name(type)} has no reference arithmetic"),
    };

    /// <summary>The integer nearest to a number of steps, which is not a number: the zero point.</summary>
    public static int Round(double steps, int zeroPoint, int least, int largest) =>
        double.IsNaN(steps) ? zeroPoint : (int)Math.Clamp(Math.Round(steps, MidpointRounding.ToEven) + zeroPoint, least, largest);

    /// <summary>Values less their zero point, from any type of eight bits.</summary>
    public static void Centered(Tensor tensor, int zeroPoint, Span<short> result)
    {
        if (tensor.Type is not (ElementType.Uint8 or ElementType.Int8))
            throw new OnnxException($"Products of {Tensor.Name(tensor.Type)} have no reference arithmetic");
        var values = tensor.Memory.Bytes.AsSpan(0, tensor.Count);
        var (isSigned, zero, i) = (tensor.Type == ElementType.Int8, new Vector<short>((short)zeroPoint), 0);
        for (; i <= values.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var bytes = new Vector<byte>(values[i..]);
            if (isSigned)
            {
                Vector.Widen(Vector.AsVectorSByte(bytes), out var first, out var second);
                (first - zero).CopyTo(result[i..]);
                (second - zero).CopyTo(result[(i + Vector<short>.Count)..]);
            }
            else
            {
                Vector.Widen(bytes, out var first, out var second);
                (Vector.AsVectorInt16(first) - zero).CopyTo(result[i..]);
                (Vector.AsVectorInt16(second) - zero).CopyTo(result[(i + Vector<short>.Count)..]);
            }
        }
        for (; i < values.Length; i++)
            result[i] = (short)((isSigned ? (sbyte)values[i] : values[i]) - zeroPoint);
    }

    /// <summary>A function of a byte's 256 values, by a table.</summary>
    /// <param name="call">Where the result comes from.</param>
    /// <param name="source">Integers of eight bits.</param>
    /// <param name="type">Type of the result: eight bits.</param>
    /// <param name="function">From integer to integer.</param>
    public static Tensor Mapped(Call call, Tensor source, ElementType type, Func<int, int> function)
    {
        var (least, _) = Limits(source.Type);
        var table = new byte[256];
        for (var i = 0; i < table.Length; i++)
            table[unchecked((byte)(least + i))] = unchecked((byte)function(least + i));
        var result = call.Make(type, source.Shape);
        var (from, to) = (source.Memory.Bytes, result.Memory.Bytes);
        for (var i = 0; i < result.Count; i++)
            to[i] = table[from[i]];
        return result;
    }

    /// <summary>Stores integers that fit.</summary>
    public static void Store(Tensor result, int at, int value)
    {
        if (Tensor.SizeOf(result.Type) == 1)
            result.Memory.Bytes[at] = unchecked((byte)value);
        else
            result.Span<short>()[at] = unchecked((short)value);
    }

    /// <summary>Floats of one scale to bytes.</summary>
    public static void Quantize(ReadOnlySpan<float> from, float scale, int zeroPoint, ElementType type, Span<byte> to)
    {
        var (least, largest) = Limits(type);
        var (width, i) = (Vector<float>.Count, 0);
        var (low, high, step, zero) = (new Vector<float>(least - zeroPoint), new Vector<float>(largest - zeroPoint), new Vector<float>(scale), new Vector<int>(zeroPoint));
        for (; i <= from.Length - (4 * width); i += 4 * width)
        {
            var first = Vector.Narrow(Integer(from[i..]), Integer(from[(i + width)..]));
            var second = Vector.Narrow(Integer(from[(i + (2 * width))..]), Integer(from[(i + (3 * width))..]));
            Vector.AsVectorByte(Vector.Narrow(first, second)).CopyTo(to[i..]);
        }
        for (; i < from.Length; i++)
            to[i] = unchecked((byte)Integer1(from[i]));

        Vector<int> Integer(ReadOnlySpan<float> values) => Vector.ConvertToInt32(Vector.Round(Vector.Min(Vector.Max(new Vector<float>(values) / step, low), high))) + zero;

        int Integer1(float value) => float.IsNaN(value) ? zeroPoint : (int)MathF.Round(Math.Min(Math.Max(value / scale, least - zeroPoint), largest - zeroPoint), MidpointRounding.ToEven) + zeroPoint;
    }

    /// <summary>Sums plus a number, times a factor, to bytes.</summary>
    public static void Quantize(ReadOnlySpan<int> sums, int summand, float factor, int zeroPoint, ElementType type, Span<byte> to)
    {
        var (least, largest) = Limits(type);
        var (width, i) = (Vector<int>.Count, 0);
        var (low, high, scale, zero, add) = (new Vector<float>(least - zeroPoint), new Vector<float>(largest - zeroPoint), new Vector<float>(factor), new Vector<int>(zeroPoint), new Vector<int>(summand));
        for (; i <= sums.Length - (4 * width); i += 4 * width)
        {
            var first = Vector.Narrow(Integer(sums[i..]), Integer(sums[(i + width)..]));
            var second = Vector.Narrow(Integer(sums[(i + (2 * width))..]), Integer(sums[(i + (3 * width))..]));
            Vector.AsVectorByte(Vector.Narrow(first, second)).CopyTo(to[i..]);
        }
        for (; i < sums.Length; i++)
            to[i] = unchecked((byte)((int)MathF.Round(Math.Min(Math.Max((sums[i] + summand) * factor, least - zeroPoint), largest - zeroPoint), MidpointRounding.ToEven) + zeroPoint));

        Vector<int> Integer(ReadOnlySpan<int> values) => Vector.ConvertToInt32(Vector.Round(Vector.Min(Vector.Max(Vector.ConvertToSingle(new Vector<int>(values) + add) * scale, low), high))) + zero;
    }

    /// <summary>Bytes of one scale to floats.</summary>
    public static void Dequantize(Tensor source, int at, int count, float scale, int zeroPoint, Span<float> to)
    {
        var from = source.Memory.Bytes.AsSpan(at, count);
        var (isSigned, i, width) = (source.Type == ElementType.Int8, 0, Vector<int>.Count);
        var (zero, step) = (new Vector<int>(zeroPoint), new Vector<float>(scale));
        for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var bytes = new Vector<byte>(from[i..]);
            Vector<short> low, high;
            if (isSigned)
                Vector.Widen(Vector.AsVectorSByte(bytes), out low, out high);
            else
            {
                Vector.Widen(bytes, out var first, out var second);
                (low, high) = (Vector.AsVectorInt16(first), Vector.AsVectorInt16(second));
            }
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            (Vector.ConvertToSingle(a - zero) * step).CopyTo(to[i..]);
            (Vector.ConvertToSingle(b - zero) * step).CopyTo(to[(i + width)..]);
            (Vector.ConvertToSingle(c - zero) * step).CopyTo(to[(i + (2 * width))..]);
            (Vector.ConvertToSingle(d - zero) * step).CopyTo(to[(i + (3 * width))..]);
        }
        for (; i < count; i++)
            to[i] = ((isSigned ? (sbyte)from[i] : from[i]) - zeroPoint) * scale;
    }
}
