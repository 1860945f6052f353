// Turns weights and biases into integers. Unaware of graphs.

using System.Collections.Immutable;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Weights as integers, symmetric around zero.</summary>
/// <param name="Integers">Row-major, as the weights; bytes of the type asked for.</param>
/// <param name="Scales">One, or one for each channel.</param>
/// <param name="ZeroPoint">0 of int8, 128 of uint8.</param>
public sealed record QuantizedWeights(byte[] Integers, ImmutableArray<float> Scales, int ZeroPoint)
{
    /// <summary>What an integer stands for.</summary>
    /// <param name="at">Its position.</param>
    /// <param name="output">Its output channel; scales repeat over groups.</param>
    public double Value(int at, int output) => unchecked((sbyte)(Integers[at] - ZeroPoint)) * (double)Scales[output % Scales.Length];
}

/// <summary>Symmetric quantization of constants.</summary>
public static class WeightQuantizer
{
    /// <summary>
    /// The largest integer when the range is reduced: 2 * 255 * 64 still fits the 16-bit sums that x86 processors without VNNI form of two products.
    /// </summary>
    const int ReducedLimit = 64;
    const int FullLimit = 127;

    /// <summary>The largest integer, and without its sign the least.</summary>
    public static int Limit(bool reduceRange) => reduceRange ? ReducedLimit : FullLimit;

    /// <summary>Quantizes with one scale, or one for each index of <paramref name="axis"/>.</summary>
    /// <param name="values">Finite values in row-major order.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="axis">The channel axis, or null for one scale.</param>
    /// <param name="type">Type of the integers.</param>
    /// <param name="reduceRange">Seven bits instead of eight.</param>
    /// <param name="leastScales">What scales must at least be, by channel; absent channels have no bound.</param>
    public static QuantizedWeights Quantize(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, int? axis, QuantizedType type, bool reduceRange, ReadOnlySpan<float> leastScales = default)
    {
        var channels = axis is { } at ? (int)shape[at] : 1;
        var inner = 1;
        for (var i = (axis ?? shape.Length) + 1; i < shape.Length; i++)
            inner *= (int)shape[i];
        if (axis is null)
            inner = Math.Max(values.Length, 1);
        var limit = Limit(reduceRange);
        var largest = new float[channels];
        for (var i = 0; i < values.Length; i++)
        {
            ref var peak = ref largest[i / inner % channels];
            peak = Math.Max(peak, Math.Abs(values[i]));
        }
        var parameters = new QuantizationParameters[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var covering = QuantizationParameters.Cover(new(-largest[channel] * FullLimit / limit, 0), type, symmetric: true);
            parameters[channel] = channel < leastScales.Length && leastScales[channel] > covering.Scale ? covering with { Scale = leastScales[channel] } : covering;
        }
        var integers = new byte[values.Length];
        for (var i = 0; i < values.Length; i++)
            integers[i] = unchecked((byte)parameters[i / inner % channels].Quantize(values[i]));
        return new(integers, [.. parameters.Select(parameter => parameter.Scale)], type.Middle());
    }

    /// <summary>Biases in steps of input scale times weight scale, so that an integer kernel adds them to its sums as they are.</summary>
    /// <param name="bias">One value for each output channel.</param>
    /// <param name="inputScale">Scale of the activations.</param>
    /// <param name="weightScales">One, or one for each channel; they repeat over groups.</param>
    public static (int[] Integers, float[] Scales) QuantizeBias(ReadOnlySpan<float> bias, float inputScale, ImmutableArray<float> weightScales)
    {
        var (integers, scales) = (new int[bias.Length], new float[bias.Length]);
        for (var i = 0; i < bias.Length; i++)
        {
            scales[i] = inputScale * weightScales[i % weightScales.Length];
            integers[i] = (int)Math.Clamp(Math.Round((double)bias[i] / scales[i], MidpointRounding.ToEven), int.MinValue, int.MaxValue);
        }
        return (integers, scales);
    }

    /// <summary>The scales below which biases would not fit 32 bits; half of the range is left to the sums.</summary>
    public static float[] LeastScales(ReadOnlySpan<float> bias, float inputScale, int channels)
    {
        var least = new float[channels];
        for (var i = 0; i < bias.Length; i++)
            least[i % channels] = Math.Max(least[i % channels], (float)(Math.Abs((double)bias[i]) / inputScale / (1 << 30)));
        return least;
    }
}
