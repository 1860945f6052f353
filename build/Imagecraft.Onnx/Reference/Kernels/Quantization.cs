// The standard operators of quantized networks. Unaware of ONNX Runtime's own.

using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Quantize, dequantize, and the products of integers, whose sums are exact.</summary>
static class Quantization
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("QuantizeLinear", call => [Quantize(call)]),
        ("DequantizeLinear", call => [Dequantize(call)]),
        ("DynamicQuantizeLinear", Dynamic),
        ("QLinearMatMul", call => [IntegerProducts.Requantized(call, IntegerProducts.MatMul(call, call[0], Zero(call, 2), call[3], Zero(call, 5), 3), null, call[1].Floats()[0], call[4].Floats(), Affine.Of(call[6], call.Optional(7)), call[7].Type, IntegerProducts.Columns)]),
        ("QLinearConv", call => [IntegerConvolutions.QLinear(call)]),
        ("MatMulInteger", call => [IntegerProducts.MatMul(call, call[0], Zero(call, 2), call[1], Zero(call, 3), 1)]),
        ("ConvInteger", call => [IntegerConvolutions.Sums(call, call[0], Zero(call, 2)[0], call[1], Zero(call, 3), 1)]),
    ];

    /// <summary>Zero points of an input that may be left out.</summary>
    public static int[] Zero(Call call, int input) => call.Optional(input) is { } given ? Array.ConvertAll(Numbers.ReadIntegers(given), value => (int)value) : [0];

    /// <summary>Scale and zero point of values found at run time, as of DynamicQuantizeLinear: for uint8, with zero within the range.</summary>
    public static (float Scale, int ZeroPoint) Found(ReadOnlySpan<float> values)
    {
        var (least, largest) = (0f, 0f);
        foreach (var value in values)
            (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
        var scale = least == largest ? 1 : (largest - least) / 255;
        return (scale, (int)MathF.Round(Math.Clamp(-least / scale, 0, 255), MidpointRounding.ToEven));
    }

    static Tensor[] Dynamic(Call call)
    {
        var (scale, zero) = Found(call[0].Span<float>());
        var (result, scales, zeros) = (call.Make(ElementType.Uint8, call[0].Shape), call.Make(ElementType.Float), call.Make(ElementType.Uint8));
        Integers.Quantize(call[0].Span<float>(), scale, zero, ElementType.Uint8, result.Memory.Bytes);
        (scales.Span<float>()[0], zeros.Span<byte>()[0]) = (scale, (byte)zero);
        return [result, scales, zeros];
    }

    static Tensor Quantize(Call call)
    {
        var (x, to) = (call[0], Affine.Of(call[1], call.Optional(2)));
        var type = call.Optional(2)?.Type ?? (ElementType)call.Integer("output_dtype", (long)ElementType.Uint8);
        var (least, largest) = Integers.Limits(type);
        var result = call.Make(type, x.Shape);
        foreach (var (start, count, channel) in Runs(call, x, to))
            if (x.Type == ElementType.Float && Tensor.SizeOf(type) == 1)
                Integers.Quantize(x.Span<float>().Slice(start, count), to.Scales[channel], to.ZeroPoints[channel], type, result.Memory.Bytes.AsSpan(start));
            else
            {
                var values = Numbers.Read(x).AsSpan(start, count);
                for (var i = 0; i < count; i++)
                    Integers.Store(result, start + i, Integers.Round((float)values[i] / to.Scales[channel], to.ZeroPoints[channel], least, largest));
            }
        return result;
    }

    static Tensor Dequantize(Call call)
    {
        var (x, from) = (call[0], Affine.Of(call[1], call.Optional(2)));
        var result = call.Make(call[1].Type, x.Shape);
        if (Tensor.SizeOf(x.Type) == 1 && result.Type == ElementType.Float)
        {
            foreach (var (start, count, channel) in Runs(call, x, from))
                Integers.Dequantize(x, start, count, from.Scales[channel], from.ZeroPoints[channel], result.Span<float>()[start..]);
            return result;
        }
        var (integers, values) = (Numbers.ReadIntegers(x), new double[x.Count]);
        foreach (var (start, count, channel) in Runs(call, x, from))
            for (var i = start; i < start + count; i++)
                values[i] = (float)(integers[i] - from.ZeroPoints[channel]) * from.Scales[channel];
        Numbers.Write(result, values);
        return result;
    }

    /// <summary>Stretches of elements with the same parameters.</summary>
    static IEnumerable<(int Start, int Count, int Channel)> Runs(Call call, Tensor x, Affine parameters)
    {
        if (call.Integer("block_size", 0) != 0)
            throw call.Bad("`block_size` has no reference arithmetic");
        if (parameters.Scales.Length == 1)
        {
            yield return (0, x.Count, 0);
            yield break;
        }
        var axis = call.Axis(call.Integer("axis", 1), x.Rank);
        if (x.Shape[axis] != parameters.Scales.Length)
            throw call.Bad($"{parameters.Scales.Length} scales do not fit {x.Shape[axis]} channels");
        var inner = Tensor.Product(x.Shape.AsSpan(axis + 1));
        for (int start = 0, channel = 0; start < x.Count; start += inner, channel = (channel + 1) % x.Shape[axis])
            yield return (start, inner, channel);
    }
}
