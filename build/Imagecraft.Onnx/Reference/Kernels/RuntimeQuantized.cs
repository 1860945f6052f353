// ONNX Runtime's own operators on integers. Unaware of the standard ones.

using System.Buffers;
using System.Numerics.Tensors;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>
/// Operators of the domain com.microsoft in quantized networks. What is between integers is computed as doubles and rounded once, or as ONNX Runtime does on x86; elsewhere it rounds differently on the way, and a tie may fall the other way.
/// </summary>
/// <remarks>Source: ONNX Runtime's contributed operators, version 1.</remarks>
static class RuntimeQuantized
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("QuantizeLinear", Find("QuantizeLinear")),
        ("DequantizeLinear", Find("DequantizeLinear")),
        ("QLinearConv", call => [IntegerConvolutions.QLinear(call)]),
        ("QLinearAdd", call => [Binary(call, isProduct: false)]),
        ("QLinearMul", call => [Binary(call, isProduct: true)]),
        ("QLinearSigmoid", call => [Unary(call, Elementary.Logistic)]),
        ("QLinearLeakyRelu", call => [Leaky(call)]),
        ("QLinearConcat", call => [Concat(call)]),
        ("QLinearSoftmax", call => [Softmax(call)]),
        ("QLinearWhere", call => [Where(call)]),
        ("QLinearAveragePool", call => [AveragePool(call)]),
        ("QLinearGlobalAveragePool", call => [GlobalAveragePool(call)]),
        ("QGemm", call => [Gemm(call)]),
        ("MatMulIntegerToFloat", call => [ToFloat(call)]),
        ("MatMulNBits", call => [BlockProducts.Multiply(call)]),
        ("DynamicQuantizeMatMul", call => [DynamicMatMul(call)]),
        ("DynamicQuantizeLSTM", DynamicLstm),
    ];

    static Kernel Find(string name) => Quantization.All.First(kernel => kernel.Item1 == name).Item2;

    static Affine Parameters(Call call, int scale) => Affine.Of(call[scale], call.Optional(scale + 1));

    static double[] Values(Tensor tensor, Affine parameters)
    {
        var values = Numbers.Read(tensor);
        for (var i = 0; i < values.Length; i++)
            values[i] = (values[i] - parameters.ZeroPoint) * parameters.Scale;
        return values;
    }

    static Tensor Store(Call call, int[] shape, ElementType type, double[] values, Affine parameters)
    {
        var (result, (least, largest)) = (call.Make(type, shape), Integers.Limits(type));
        for (var i = 0; i < values.Length; i++)
            Integers.Store(result, i, Integers.Round(values[i] / parameters.Scale, parameters.ZeroPoint, least, largest));
        return result;
    }

    // A sum or a product in steps of the result, by the float operations of ONNX Runtime on x86; on Arm sums are formed of integers, and a tie may fall the other way.
    static Tensor Binary(Call call, bool isProduct)
    {
        var (a, b, to) = (Parameters(call, 1), Parameters(call, 4), Affine.Of(call[6], call.Optional(7)));
        var (x, y, shape) = (call[0], call[3], Movement.BroadcastShape(call, call[0].Shape, call[3].Shape));
        var (aRatio, bRatio) = isProduct ? (a.Scale * b.Scale / to.Scale, 1) : (a.Scale / to.Scale, b.Scale / to.Scale);
        var summand = isProduct ? to.ZeroPoint : to.ZeroPoint - ((aRatio * a.ZeroPoint) + (bRatio * b.ZeroPoint));
        var (aZero, bZero) = isProduct ? (a.ZeroPoint, b.ZeroPoint) : (0, 0);
        var result = call.Make(x.Type, shape);
        Movement.ForEachRow(x.Shape, y.Shape, shape, (at, left, right, row, leftRuns, rightRuns) =>
        {
            var (first, second) = (ArrayPool<float>.Shared.Rent(row), ArrayPool<float>.Shared.Rent(row));
            Floats(x, left, leftRuns ? row : 1, aZero, first);
            Floats(y, right, rightRuns ? row : 1, bZero, second);
            var p = first.AsSpan(0, row);
            var q = second.AsSpan(0, row);
            if (!leftRuns)
                p.Fill(p[0]);
            if (!rightRuns)
                q.Fill(q[0]);
            if (isProduct)
            {
                TensorPrimitives.Multiply(p, q, p);
                TensorPrimitives.Multiply(p, aRatio, p);
                TensorPrimitives.Add(p, summand, p);
            }
            else
            {
                TensorPrimitives.Multiply(p, aRatio, p);
                TensorPrimitives.Add(p, summand, p);
                TensorPrimitives.Multiply(q, bRatio, q);
                TensorPrimitives.Add(p, q, p);
            }
            Integers.Quantize(p, 1, 0, x.Type, result.Memory.Bytes.AsSpan(at, row));
            ArrayPool<float>.Shared.Return(first);
            ArrayPool<float>.Shared.Return(second);
        });
        return result;
    }

    static void Floats(Tensor source, int at, int count, int zeroPoint, Span<float> to) => Integers.Dequantize(source, at, count, 1, zeroPoint, to);

    static Tensor Unary(Call call, Func<double, double> function)
    {
        var (from, to, type) = (Parameters(call, 1), Parameters(call, 3), call[0].Type);
        var (least, largest) = Integers.Limits(type);
        return Integers.Mapped(call, call[0], type, value => Integers.Round(function((double)(value - from.ZeroPoint) * from.Scale) / to.Scale, to.ZeroPoint, least, largest));
    }

    static Tensor Leaky(Call call)
    {
        var alpha = (double)call.Number("alpha", 0.01f);
        return Unary(call, x => x < 0 ? x * alpha : x);
    }

    static Tensor Concat(Call call)
    {
        var (to, type) = (Affine.Of(call[0], call[1]), call[1].Type);
        var (least, largest) = Integers.Limits(type);
        var axis = call.Axis(call.Integer("axis", 0), call[2].Rank);
        var shape = (int[])call[2].Shape.Clone();
        shape[axis] = Enumerable.Range(0, (call.InputCount - 2) / 3).Sum(i => call[2 + (3 * i)].Shape[axis]);
        var (result, strides, at) = (call.Make(type, shape), Movement.Strides(shape), 0);
        for (var i = 2; i + 2 < call.InputCount; i += 3)
        {
            var from = Parameters(call, i + 1);
            var part = Integers.Mapped(call, call[i], type, value => from == to ? value : Integers.Round((double)(value - from.ZeroPoint) * from.Scale / to.Scale, to.ZeroPoint, least, largest));
            Movement.Copy(part, 0, Movement.Strides(part.Shape), part.Shape, result, at * strides[axis], strides);
            at += part.Shape[axis];
            call.Free(part);
        }
        return result;
    }

    static Tensor Softmax(Call call)
    {
        var (from, to) = (Parameters(call, 1), Parameters(call, 3));
        var values = call.Make(ElementType.Double, call[0].Shape);
        Values(call[0], from).CopyTo(values.Span<double>());
        var old = call.Integer("opset", 13) < 13;
        var result = Reductions.Softmax(call, values, call.Axis(call.Integer("axis", -1), call[0].Rank), old, Reductions.SoftmaxRow);
        // ONNX Runtime multiplies by the whole part of the scale's reciprocal: 254 where the scale is the float nearest to 1/255.
        return Store(call, call[0].Shape, call[0].Type, result.Span<double>().ToArray(), new([1 / MathF.Floor(1 / to.Scale)], to.ZeroPoints));
    }

    static Tensor Where(Call call)
    {
        var (x, y, to) = (Parameters(call, 2), Parameters(call, 5), Affine.Of(call[7], call[8]));
        var shape = Movement.BroadcastShape(call, call[0].Shape, call[1].Shape, call[4].Shape);
        var (condition, yes, no) = (Movement.Expanded(call, call[0], shape).Span<byte>().ToArray(), Values(Movement.Expanded(call, call[1], shape), x), Values(Movement.Expanded(call, call[4], shape), y));
        return Store(call, shape, call[1].Type, [.. condition.Select((chosen, i) => chosen != 0 ? yes[i] : no[i])], to);
    }

    static Tensor AveragePool(Call call)
    {
        var (from, to) = (Parameters(call, 1), Parameters(call, 3));
        var last = call.Flag("channels_last");
        var x = last ? Turn(call, call[0], true) : call[0].Reshaped(call[0].Shape);
        var floats = call.Make(ElementType.Float, x.Shape);
        Integers.Dequantize(x, 0, x.Count, from.Scale, from.ZeroPoint, floats.Span<float>());
        var means = Pools.Average(call, floats);
        var result = Store(call, means.Shape, call[0].Type, Numbers.Read(means), to);
        call.Free(floats);
        call.Free(means);
        call.Free(x);
        return last ? Turn(call, result, false) : result;
    }

    static Tensor Turn(Call call, Tensor x, bool fromLast)
    {
        var (rank, strides) = (x.Rank, Movement.Strides(x.Shape));
        int[] order = fromLast ? [0, rank - 1, .. Enumerable.Range(1, rank - 2)] : [0, .. Enumerable.Range(2, rank - 2), 1];
        return Movement.View(call, x, [.. order.Select(axis => x.Shape[axis])], 0, [.. order.Select(axis => strides[axis])]);
    }

    static Tensor GlobalAveragePool(Call call)
    {
        var (from, to, last) = (Parameters(call, 1), Parameters(call, 3), call.Flag("channels_last"));
        var x = last ? Turn(call, call[0], true) : call[0];
        var size = Tensor.Product(x.Shape.AsSpan(2));
        var (centered, means) = (new short[x.Count], new double[x.Shape[0] * x.Shape[1]]);
        Integers.Centered(x, from.ZeroPoint, centered);
        for (var plane = 0; plane < means.Length; plane++)
        {
            var sum = 0L;
            foreach (var value in centered.AsSpan(plane * size, size))
                sum += value;
            means[plane] = (double)sum * from.Scale / size;
        }
        int[] shape = last ? [x.Shape[0], .. x.Shape[2..].Select(_ => 1), x.Shape[1]] : [.. x.Shape[..2], .. x.Shape[2..].Select(_ => 1)];
        return Store(call, shape, call[0].Type, means, to);
    }

    static Tensor Gemm(Call call)
    {
        if (call.Flag("transA"))
            throw call.Bad("`transA` has no reference arithmetic");
        var (a, b) = (Parameters(call, 1), Affine.Of(call[4], call.Optional(5)));
        var right = call[3];
        if (call.Flag("transB"))
            right = call.Keep(3, () => Movement.View(call, call[3], [call[3].Shape[1], call[3].Shape[0]], 0, [1, call[3].Shape[1]]));
        var sums = IntegerProducts.MatMul(call, call[0], a.ZeroPoints, right, b.ZeroPoints, 3);
        var scale = a.Scale * call.Number("alpha", 1);
        var bias = call.Optional(6)?.Span<int>().ToArray();
        if (call.Optional(7) is { } output)
            return IntegerProducts.Requantized(call, sums, bias, scale, b.Scales, Affine.Of(output, call.Optional(8)), call.Optional(8)?.Type ?? ElementType.Uint8, IntegerProducts.Columns);
        if (bias is not null)
            for (var i = 0; i < sums.Count; i++)
                sums.Span<int>()[i] += bias[i % bias.Length];
        return IntegerProducts.ToFloats(call, sums, scale, b.Scales, null);
    }

    // Inputs: A, B, scale of A, scale of B, zero point of A, zero point of B, bias.
    static Tensor ToFloat(Call call) =>
        IntegerProducts.ToFloats(call, IntegerProducts.MatMul(call, call[0], Quantization.Zero(call, 4), call[1], Quantization.Zero(call, 5), 1), call[2].Floats()[0], call[3].Floats(), call.Optional(6)?.Floats());

    // Inputs: A of floats, B, scale of B, zero point of B, bias.
    static Tensor DynamicMatMul(Call call)
    {
        var (quantized, scale, zero) = Quantized(call, call[0]);
        var sums = IntegerProducts.MatMul(call, quantized, [zero], call[1], Quantization.Zero(call, 3), 1);
        call.Free(quantized);
        return IntegerProducts.ToFloats(call, sums, scale, call[2].Floats(), call.Optional(4)?.Floats());
    }

    static (Tensor Values, float Scale, int ZeroPoint) Quantized(Call call, Tensor floats)
    {
        var (scale, zero) = Quantization.Found(floats.Span<float>());
        var quantized = call.Make(ElementType.Uint8, floats.Shape);
        Integers.Quantize(floats.Span<float>(), scale, zero, ElementType.Uint8, quantized.Memory.Bytes);
        return (quantized, scale, zero);
    }

    // As LSTM, with peepholes at 7 and scale and zero point of W at 8, of R at 10; weights are [directions, depth, 4 hidden].
    static Tensor[] DynamicLstm(Call call) => Recurrent.Run(call, 4, Product(call, 1, 8), Product(call, 2, 10), call.Optional(7));

    static GateProduct Product(Call call, int weights, int scale) => (direction, states, count, result) =>
    {
        var (depth, columns) = (call[weights].Shape[1], call[weights].Shape[2]);
        var scales = call[scale].Floats();
        var zeros = Quantization.Zero(call, scale + 1);
        var (own, perColumn) = (scales.Length / call[weights].Shape[0], scales.Length > call[weights].Shape[0]);
        var floats = call.Make(ElementType.Float, count, depth);
        states.CopyTo(floats.Span<float>());
        var (quantized, step, zero) = Quantized(call, floats);
        var products = IntegerProducts.Directed(call, quantized, zero, call[weights], zeros, weights, direction);
        var sums = products.Span<int>();
        for (var i = 0; i < sums.Length; i++)
            result[i] += sums[i] * (step * scales[(direction * own) + (perColumn ? i % columns : 0)]);
        call.Free(floats);
        call.Free(quantized);
        call.Free(products);
    };
}
