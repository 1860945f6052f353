// Operators that shift and scale by means and deviations. Unaware of graphs.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Normalizations; statistics are doubles summed in order.</summary>
static class Normalizations
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("BatchNormalization", call => [Batch(call)]),
        ("InstanceNormalization", call => [Groups(call, call[0].Shape[1], call[1], call[2], false)]),
        ("GroupNormalization", call => [Groups(call, (int)call.Integer("num_groups", 1), call[1], call[2], call.Opset < 21)]),
        ("LayerNormalization", call => Layer(call, call[0], call[1], call.Optional(2))),
        ("RMSNormalization", call => [Simplified(call, call[0], call[1])]),
        ("MeanVarianceNormalization", MeanVariance),
        ("LRN", call => [LocalResponse(call)]),
    ];

    /// <summary>Layer normalization with mean and inverse deviation as further outputs.</summary>
    public static Tensor[] Layer(Call call, Tensor x, Tensor scale, Tensor? bias)
    {
        var axis = call.Axis(call.Integer("axis", -1), x.Rank);
        var (values, factors, summands) = (Numbers.Read(x), Numbers.Read(Full(call, scale, x.Shape[axis..])), bias is null ? null : Numbers.Read(Full(call, bias, x.Shape[axis..])));
        var (length, epsilon) = (Tensor.Product(x.Shape.AsSpan(axis)), (double)call.Number("epsilon", 1e-5f));
        int[] reduced = [.. x.Shape[..axis], .. x.Shape[axis..].Select(_ => 1)];
        var (result, means, inverses) = (call.Make(x.Type, x.Shape), call.Make(ElementType.Float, reduced), call.Make(ElementType.Float, reduced));
        for (var row = 0; row < means.Count; row++)
        {
            var (mean, inverse) = Statistics(values.AsSpan(row * length, length), epsilon);
            (means.Span<float>()[row], inverses.Span<float>()[row]) = ((float)mean, (float)inverse);
            for (var i = 0; i < length; i++)
                values[(row * length) + i] = ((values[(row * length) + i] - mean) * inverse * factors[i]) + (summands?[i] ?? 0);
        }
        Numbers.Write(result, values);
        return [result, means, inverses];
    }

    /// <summary>Scaled by the root of the mean square alone.</summary>
    public static Tensor Simplified(Call call, Tensor x, Tensor scale)
    {
        var axis = call.Axis(call.Integer("axis", -1), x.Rank);
        var (values, factors, length) = (Numbers.Read(x), Numbers.Read(Full(call, scale, x.Shape[axis..])), Tensor.Product(x.Shape.AsSpan(axis)));
        for (var start = 0; start < values.Length; start += length)
        {
            var sum = 0.0;
            for (var i = 0; i < length; i++)
                sum += values[start + i] * values[start + i];
            var inverse = 1 / Math.Sqrt((sum / length) + call.Number("epsilon", 1e-5f));
            for (var i = 0; i < length; i++)
                values[start + i] *= inverse * factors[i];
        }
        var result = call.Make(x.Type, x.Shape);
        Numbers.Write(result, values);
        return result;
    }

    static Tensor Full(Call call, Tensor tensor, int[] shape) => Movement.Expanded(call, tensor, shape);

    static (double Mean, double Inverse) Statistics(ReadOnlySpan<double> row, double epsilon)
    {
        var (mean, variance) = (0.0, 0.0);
        foreach (var value in row)
            mean += value;
        mean /= row.Length;
        foreach (var value in row)
            variance += (value - mean) * (value - mean);
        return (mean, 1 / Math.Sqrt((variance / row.Length) + epsilon));
    }

    static Tensor Batch(Call call)
    {
        if (call.Flag("training_mode"))
            throw call.Bad("training has no reference arithmetic; export the network for inference");
        var (scale, bias, mean, variance) = (Numbers.Read(call[1]), Numbers.Read(call[2]), Numbers.Read(call[3]), Numbers.Read(call[4]));
        var (size, epsilon) = (Tensor.Product(call[0].Shape.AsSpan(Math.Min(2, call[0].Rank))), call.Number("epsilon", 1e-5f));
        var (at, factors) = (0, scale.Select((factor, channel) => factor / Math.Sqrt(variance[channel] + epsilon)).ToArray());
        return Functions.Doubles(call, call[0], x =>
        {
            var channel = at++ / size % factors.Length;
            return ((x - mean[channel]) * factors[channel]) + bias[channel];
        });
    }

    static Tensor Groups(Call call, int groups, Tensor scale, Tensor bias, bool byGroup)
    {
        var (channels, size) = (call[0].Shape[1], Tensor.Product(call[0].Shape.AsSpan(2)));
        var (values, factors, summands) = (Numbers.Read(call[0]), Numbers.Read(scale), Numbers.Read(bias));
        var length = channels / groups * size;
        for (var start = 0; start < values.Length; start += length)
        {
            var (mean, inverse) = Statistics(values.AsSpan(start, length), call.Number("epsilon", 1e-5f));
            for (var i = start; i < start + length; i++)
            {
                var channel = byGroup ? i / length % groups : i / size % channels;
                values[i] = ((values[i] - mean) * inverse * factors[channel]) + summands[channel];
            }
        }
        var result = call.Make(call[0].Type, call[0].Shape);
        Numbers.Write(result, values);
        return result;
    }

    static Tensor[] MeanVariance(Call call)
    {
        var axes = (call.Integers("axes") ?? [0, 2, 3]).Select(axis => call.Axis(axis, call[0].Rank)).ToArray();
        var (values, strides, shape) = (Numbers.Read(call[0]), Movement.Strides(call[0].Shape), call[0].Shape);
        foreach (var group in Enumerable.Range(0, values.Length).GroupBy(i => string.Join(',', Enumerable.Range(0, shape.Length).Where(axis => !axes.Contains(axis)).Select(axis => i / strides[axis] % shape[axis]))))
        {
            var (mean, inverse) = Statistics([.. group.Select(i => values[i])], 0);
            foreach (var i in group)
                values[i] = (values[i] - mean) / ((1 / inverse) + 1e-9);
        }
        var result = call.Make(call[0].Type, shape);
        Numbers.Write(result, values);
        return [result];
    }

    static Tensor LocalResponse(Call call)
    {
        var (size, alpha, beta, bias) = ((int)call.Integer("size", 1), (double)call.Number("alpha", 0.0001f), (double)call.Number("beta", 0.75f), (double)call.Number("bias", 1));
        var (source, channels, plane) = (Numbers.Read(call[0]), call[0].Shape[1], Tensor.Product(call[0].Shape.AsSpan(2)));
        var values = new double[source.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, sum) = (i / plane % channels, 0.0);
            for (var c = Math.Max(0, channel - ((size - 1) / 2)); c <= Math.Min(channels - 1, channel + (size / 2)); c++)
                sum += source[i + ((c - channel) * plane)] * source[i + ((c - channel) * plane)];
            values[i] = source[i] / Arithmetic.Elementary.Pow(bias + (alpha / size * sum), beta);
        }
        var result = call.Make(call[0].Type, call[0].Shape);
        Numbers.Write(result, values);
        return result;
    }
}
