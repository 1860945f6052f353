// Matrix products of integers, and the way of their sums to bytes and floats. Unaware of convolutions.

using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Products of bytes less their zero points.</summary>
static unsafe class IntegerProducts
{
    /// <summary>Channels of a matrix are its columns.</summary>
    public const int Columns = -1;

    /// <summary>Channels of an image are its second dimension.</summary>
    public const int Planes = 1;

    /// <summary>Sums of 32 bits, broadcast as MatMul.</summary>
    /// <param name="call">For scratch and what is kept.</param>
    /// <param name="left">The left matrices.</param>
    /// <param name="leftZeros">Its zero point.</param>
    /// <param name="right">The right matrices.</param>
    /// <param name="rightZeros">One, or one for each column.</param>
    /// <param name="rightInput">Which input the right side is.</param>
    public static Tensor MatMul(Call call, Tensor left, int[] leftZeros, Tensor right, int[] rightZeros, int rightInput)
    {
        int[] a = left.Rank == 1 ? [1, .. left.Shape] : left.Shape, b = right.Rank == 1 ? [.. right.Shape, 1] : right.Shape;
        var (rows, depth, columns) = (a[^2], a[^1], b[^1]);
        if (b[^2] != depth)
            throw call.Bad($"[{string.Join(", ", left.Shape)}] cannot be multiplied with [{string.Join(", ", right.Shape)}]");
        var batch = Movement.BroadcastShape(call, a[..^2], b[..^2]);
        var result = call.Make(ElementType.Int32, [.. batch, rows, columns]);
        var (x, y) = (new short[left.Count], call.Keep(rightInput, () => Centered(right, rightZeros, columns)));
        Integers.Centered(left, leftZeros[0], x);
        if (leftZeros.Length > 1)
            for (var i = 0; i < x.Length; i++)
                x[i] += (short)(leftZeros[0] - leftZeros[i / depth % rows]);
        var (aStrides, bStrides) = (Movement.BroadcastStrides(a[..^2], batch), Movement.BroadcastStrides(b[..^2], batch));
        fixed (byte* to = result.Memory.Bytes)
        fixed (short* from = y)
        {
            for (var i = 0; i < Tensor.Product(batch); i++)
            {
                var (rest, aAt, bAt) = (i, 0, 0);
                for (var axis = batch.Length - 1; axis >= 0; rest /= batch[axis--])
                    (aAt, bAt) = (aAt + (rest % batch[axis] * aStrides[axis]), bAt + (rest % batch[axis] * bStrides[axis]));
                IntegerProduct.Multiply(PackedIntegerRows.Of(x.AsSpan(aAt * rows * depth), rows, depth), Panels(from + (bAt * depth * columns), depth, columns), columns, (int*)to + (i * rows * columns));
            }
        }
        int[] shape = [.. batch, .. left.Rank == 1 ? Array.Empty<int>() : [rows], .. right.Rank == 1 ? Array.Empty<int>() : [columns]];
        return new(ElementType.Int32, shape, result.Memory);
    }

    /// <summary>Sums of 32 bits with the weights of one direction of [directions, depth, columns].</summary>
    public static Tensor Directed(Call call, Tensor left, int zero, Tensor weights, int[] zeros, int weightInput, int direction)
    {
        var (rows, depth, columns) = (left.Shape[0], weights.Shape[1], weights.Shape[2]);
        var perDirection = zeros.Length / weights.Shape[0];
        var centered = call.Keep(weightInput, () =>
        {
            var all = new short[weights.Count];
            Integers.Centered(weights, 0, all);
            for (var i = 0; i < all.Length; i++)
                all[i] -= (short)zeros[zeros.Length == 1 ? 0 : (i / (depth * columns) * perDirection) + (perDirection > 1 ? i % columns : 0)];
            return all;
        });
        var (result, x) = (call.Make(ElementType.Int32, rows, columns), new short[left.Count]);
        Integers.Centered(left, zero, x);
        if (rows < IntegerProduct.Rows)
        {
            // Rows are few: each sum is a product of two rows of memory.
            var turned = call.Keep(weightInput, () => new TurnedWeights(centered, depth, columns));
            for (var i = 0; i < rows * columns; i++)
                result.Span<int>()[i] = IntegerProduct.Dot(x.AsSpan(i / columns * depth, depth), turned.Column(direction, i % columns));
            return result;
        }
        fixed (byte* to = result.Memory.Bytes)
        fixed (short* from = centered)
            IntegerProduct.Multiply(PackedIntegerRows.Of(x, rows, depth), Panels(from + (direction * depth * columns), depth, columns), columns, (int*)to);
        return result;
    }

    static short[] Centered(Tensor tensor, int[] zeros, int columns)
    {
        var values = new short[tensor.Count];
        Integers.Centered(tensor, 0, values);
        for (var i = 0; i < values.Length; i++)
            values[i] -= (short)zeros[zeros.Length == 1 ? 0 : i % columns];
        return values;
    }

    static IntegerPanelSource Panels(short* matrix, int depth, int columns) => (panel, from, count, width) =>
    {
        new Span<short>(panel, 2 * ((depth + 1) / 2) * width).Clear();
        for (var k = 0; k < depth; k++)
            for (var i = 0; i < count; i++)
                panel[(2 * (((k / 2) * width) + i)) + (k & 1)] = matrix[(k * columns) + from + i];
    };

    /// <summary>Sums, with a bias in their steps, to integers of eight bits; gives the sums back.</summary>
    /// <param name="call">Where the result comes from.</param>
    /// <param name="sums">Sums of 32 bits.</param>
    /// <param name="bias">One for each channel, or null.</param>
    /// <param name="input">Scale of the activations.</param>
    /// <param name="weights">Scales of the weights, one or one a channel.</param>
    /// <param name="output">Parameters of the result.</param>
    /// <param name="type">Type of the result.</param>
    /// <param name="channelAxis"><see cref="Columns"/> or <see cref="Planes"/>.</param>
    /// <remarks>The factor of a channel is a float, as ONNX Runtime computes it: input times weight, by output.</remarks>
    public static Tensor Requantized(Call call, Tensor sums, int[]? bias, float input, float[] weights, Affine output, ElementType type, int channelAxis)
    {
        var (least, largest) = Integers.Limits(type);
        var (channels, inner) = channelAxis == Columns ? (sums.Rank == 0 ? 1 : sums.Shape[^1], 1) : (sums.Shape[1], Tensor.Product(sums.Shape.AsSpan(2)));
        var factors = new float[channels];
        for (var i = 0; i < channels; i++)
            factors[i] = input * weights[weights.Length == 1 ? 0 : i] / output.Scale;
        var result = call.Make(type, sums.Shape);
        if (channelAxis == Columns)
        {
            var values = sums.Span<int>();
            for (var i = 0; i < values.Length; i++)
                Integers.Store(result, i, Integers.Round((values[i] + (bias?[i % channels] ?? 0)) * factors[i % channels], output.ZeroPoint, least, largest));
        }
        else
        {
            var planes = sums.Span<int>();
            for (int at = 0, plane = 0; at < planes.Length; at += inner, plane++)
                Integers.Quantize(planes.Slice(at, inner), bias?[plane % channels] ?? 0, factors[plane % channels], output.ZeroPoint, type, result.Memory.Bytes.AsSpan(at));
        }
        call.Free(sums);
        return result;
    }

    /// <summary>Sums to floats: each times the scales of both sides, plus a bias; gives the sums back.</summary>
    public static Tensor ToFloats(Call call, Tensor sums, float input, float[] weights, float[]? bias)
    {
        var (result, columns) = (call.Make(ElementType.Float, sums.Shape), sums.Shape[^1]);
        var from = sums.Span<int>();
        var to = result.Span<float>();
        for (var i = 0; i < to.Length; i++)
            to[i] = (from[i] * (input * weights[weights.Length == 1 ? 0 : i % columns])) + (bias?[i % columns] ?? 0);
        call.Free(sums);
        return result;
    }
}

/// <summary>Weights of [directions, depth, columns] column by column.</summary>
sealed class TurnedWeights
{
    readonly short[] values;
    readonly int depth, columns;

    public TurnedWeights(short[] source, int depth, int columns)
    {
        (this.depth, this.columns, values) = (depth, columns, new short[source.Length]);
        for (var i = 0; i < source.Length; i++)
            values[(((i / (depth * columns) * columns) + (i % columns)) * depth) + (i / columns % depth)] = source[i];
    }

    public ReadOnlySpan<short> Column(int direction, int column) => values.AsSpan(((direction * columns) + column) * depth, depth);
}
