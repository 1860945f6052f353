// Convolutions of integers. Unaware of how they came to be.

using System.Numerics;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Exact sums. Depthwise ones are formed as floats, which hold integers up to 2^24 exactly; the others by pairs of 16-bit numbers.</summary>
static unsafe class IntegerConvolutions
{
    /// <summary>Products of 9 bits of which a float holds the sum exactly.</summary>
    const int ExactProducts = 258;

    /// <summary>QLinearConv, also with the channels last.</summary>
    public static Tensor QLinear(Call call)
    {
        var output = Affine.Of(call[6], call[7]);
        var bias = call.Optional(8)?.Span<int>().ToArray();
        if (!call.Flag("channels_last"))
            return IntegerProducts.Requantized(call, Sums(call, call[0], Quantization.Zero(call, 2)[0], call[3], Quantization.Zero(call, 5), 3), bias, call[1].Floats()[0], call[4].Floats(), output, call[7].Type, IntegerProducts.Planes);
        var x = Turned(call, call[0], true);
        var result = IntegerProducts.Requantized(call, Sums(call, x, Quantization.Zero(call, 2)[0], call[3], Quantization.Zero(call, 5), 3), bias, call[1].Floats()[0], call[4].Floats(), output, call[7].Type, IntegerProducts.Planes);
        var turned = Turned(call, result, false);
        call.Free(x);
        call.Free(result);
        return turned;
    }

    /// <summary>Sums of 32 bits.</summary>
    /// <param name="call">Attributes, scratch and what is kept.</param>
    /// <param name="x">Input.</param>
    /// <param name="zero">Its zero point, which the pads have.</param>
    /// <param name="w">Weights.</param>
    /// <param name="weightZeros">One, or one for each filter.</param>
    /// <param name="weightInput">Which input the weights are.</param>
    public static Tensor Sums(Call call, Tensor x, int zero, Tensor w, int[] weightZeros, int weightInput)
    {
        var groups = (int)call.Integer("group", 1);
        var window = Window.Of(call, x.Shape[2..], w.Shape[2..]);
        var result = call.Make(ElementType.Int32, [x.Shape[0], w.Shape[0], .. window.Output]);
        if (groups > 1 && w.Shape[1] * window.Size <= ExactProducts)
            AsFloats(call, x, zero, w, weightZeros, weightInput, window, groups, result);
        else
            AsPairs(call, x, zero, w, weightZeros, weightInput, window, groups, result);
        return result;
    }

    static void AsFloats(Call call, Tensor x, int zero, Tensor w, int[] weightZeros, int weightInput, Window window, int groups, Tensor result)
    {
        var (values, sums) = (call.Make(ElementType.Float, x.Shape), call.Make(ElementType.Float, result.Shape));
        Integers.Dequantize(x, 0, x.Count, 1, zero, values.Span<float>());
        var weights = call.Keep(weightInput, () => Floats(Centered(w, weightZeros), w.Shape));
        Convolutions.Apply(call, values, weights, weightInput, window, groups, sums);
        var from = sums.Span<float>();
        var to = result.Span<int>();
        for (var i = 0; i < to.Length; i++)
            to[i] = (int)from[i];
        call.Free(values);
        call.Free(sums);
    }

    static Tensor Floats(short[] values, int[] shape)
    {
        var tensor = new Tensor(ElementType.Float, shape, new(new byte[4 * values.Length]));
        for (var i = 0; i < values.Length; i++)
            tensor.Span<float>()[i] = values[i];
        return tensor;
    }

    static void AsPairs(Call call, Tensor x, int zero, Tensor w, int[] weightZeros, int weightInput, Window window, int groups, Tensor result)
    {
        if (window.Kernel.Length > 2)
            throw call.Bad($"convolutions over {window.Kernel.Length} dimensions have no reference arithmetic");
        var flat = window.Flat();
        var (channels, filters) = (x.Shape[1] / groups, w.Shape[0] / groups);
        var (height, width) = (flat.Input[0] + flat.Before[0] + flat.After[0], flat.Input[1] + flat.Before[1] + flat.After[1]);
        var (depth, pixels, plane) = (channels * flat.Size, flat.Output[0] * flat.Output[1], height * width);
        var packed = call.Keep(weightInput, () =>
        {
            var weights = Centered(w, weightZeros);
            return Enumerable.Range(0, groups).Select(group => PackedIntegerRows.Of(weights.AsSpan(group * filters * depth, filters * depth), filters, depth)).ToArray();
        });
        var offsets = new int[depth];
        for (var i = 0; i < depth; i++)
            offsets[i] = (i / flat.Size * plane) + (i % flat.Size / flat.Kernel[1] * flat.Dilations[0] * width) + (i % flat.Kernel[1] * flat.Dilations[1]);
        var centered = call.Make(ElementType.Int16, x.Shape[0] * x.Shape[1], flat.Input[0], flat.Input[1]);
        Integers.Centered(x, zero, centered.Span<short>());
        var padded = plane == flat.Input[0] * flat.Input[1] ? centered : Cutting.Padded(call, centered, [0, flat.Before[0], flat.Before[1]], [0, flat.After[0], flat.After[1]], "constant", 0);
        fixed (byte* from = padded.Memory.Bytes, to = result.Memory.Bytes)
            for (var i = 0; i < x.Shape[0] * groups; i++)
                IntegerProduct.Multiply(packed[i % groups], Panels((short*)from + ((long)i * channels * plane), offsets, flat, width), pixels, (int*)to + ((long)i * filters * pixels));
        if (padded != centered)
            call.Free(padded);
        call.Free(centered);
    }

    static short[] Centered(Tensor w, int[] zeros)
    {
        var (values, inner) = (new short[w.Count], w.Count / Math.Max(w.Shape[0], 1));
        Integers.Centered(w, 0, values);
        for (var i = 0; i < values.Length; i++)
            values[i] -= (short)zeros[zeros.Length == 1 ? 0 : i / inner];
        return values;
    }

    static IntegerPanelSource Panels(short* source, int[] offsets, Window window, int width)
    {
        var (columns, stepY, stepX) = (window.Output[1], window.Strides[0] * width, window.Strides[1]);
        // Without pads between, rows of outputs follow each other.
        var isLine = stepX == 1 && (window.Output[0] == 1 || (stepY == columns && width == columns));
        return (panel, from, count, panelWidth) =>
        {
            var (y, x) = (from / columns, from % columns);
            if (count == panelWidth && stepX == 1 && (isLine || x + count <= columns))
            {
                var first = source + ((long)y * stepY) + x;
                for (var k = 0; k < offsets.Length; k += 2, panel += 2 * panelWidth)
                    Interleave(first + offsets[k], k + 1 < offsets.Length ? first + offsets[k + 1] : null, count, (int*)panel);
                return;
            }
            var starts = stackalloc int[count];
            for (var i = 0; i < count; i++)
            {
                starts[i] = (y * stepY) + (x * stepX);
                if (++x == columns)
                    (x, y) = (0, y + 1);
            }
            for (var k = 0; k < offsets.Length; k += 2, panel += 2 * panelWidth)
            {
                var even = source + offsets[k];
                var odd = k + 1 < offsets.Length ? source + offsets[k + 1] : null;
                for (var i = 0; i < count; i++)
                {
                    panel[2 * i] = even[starts[i]];
                    panel[(2 * i) + 1] = odd == null ? (short)0 : odd[starts[i]];
                }
                new Span<short>(panel + (2 * count), 2 * (panelWidth - count)).Clear();
            }
        };
    }

    /// <summary>Pairs of two rows; zeros where there is no second.</summary>
    static void Interleave(short* even, short* odd, int count, int* pairs)
    {
        var mask = new Vector<int>(0xFFFF);
        for (var i = 0; i < count; i += Vector<short>.Count)
        {
            Vector.Widen(Vector.Load(even + i), out var first, out var second);
            (first, second) = (first & mask, second & mask);
            if (odd != null)
            {
                Vector.Widen(Vector.Load(odd + i), out var third, out var fourth);
                (first, second) = (first | (third << 16), second | (fourth << 16));
            }
            first.Store(pairs + i);
            second.Store(pairs + i + Vector<int>.Count);
        }
    }

    static Tensor Turned(Call call, Tensor x, bool fromLast)
    {
        var (rank, strides) = (x.Rank, Movement.Strides(x.Shape));
        int[] order = fromLast ? [0, rank - 1, .. Enumerable.Range(1, rank - 2)] : [0, .. Enumerable.Range(2, rank - 2), 1];
        return Movement.View(call, x, [.. order.Select(axis => x.Shape[axis])], 0, [.. order.Select(axis => strides[axis])]);
    }
}
