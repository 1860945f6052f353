// Decodes one channel of a FLAC frame. Unaware of the other channels.
// Source of the format: RFC 9639, "Free Lossless Audio Codec (FLAC)", section 9.2.

namespace Imagecraft.Onnx.Audio;

static class FlacSubframe
{
    static readonly int[][] _fixed = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

    /// <summary>The samples.</summary>
    public static long[] Read(ref BitReader bits, int size, int depth, string path)
    {
        bits.Take(1);
        var kind = (int)bits.Take(6);
        var wasted = bits.Take(1) == 0 ? 0 : (int)bits.TakeZeros() + 1;
        depth -= wasted;
        if (depth < 1)
            throw FlacReader.Bad(path, "a channel has no bits left");
        var samples = new long[size];
        if (kind == 0)
            Array.Fill(samples, bits.TakeSigned(depth));
        else if (kind == 1)
            for (var i = 0; i < size; i++)
                samples[i] = bits.TakeSigned(depth);
        else if (kind is >= 8 and <= 12)
            Predict(ref bits, samples, depth, kind - 8, path, _fixed[kind - 8], 0);
        else if (kind >= 32)
            Predict(ref bits, samples, depth, kind - 31, path, null, 0);
        else
            throw FlacReader.Bad(path, $"a channel is of the reserved kind {kind}");
        if (wasted > 0)
            foreach (ref var sample in samples.AsSpan())
                sample <<= wasted;
        return samples;
    }

    /// <summary>The first samples as they are, the others as what a sum of those before them misses.</summary>
    static void Predict(ref BitReader bits, long[] samples, int depth, int order, string path, int[]? factors, int shift)
    {
        if (order > samples.Length)
            throw FlacReader.Bad(path, $"a channel of {samples.Length} samples is predicted from {order}");
        for (var i = 0; i < order; i++)
            samples[i] = bits.TakeSigned(depth);
        if (factors is null)
        {
            var precision = (int)bits.Take(4) + 1;
            shift = (int)bits.TakeSigned(5);
            if (precision == 16 || shift < 0)
                throw FlacReader.Bad(path, "a channel has a predictor that is reserved");
            factors = new int[order];
            for (var i = 0; i < order; i++)
                factors[i] = (int)bits.TakeSigned(precision);
        }
        Residuals(ref bits, samples, order, path);
        for (var i = order; i < samples.Length; i++)
        {
            var sum = 0L;
            for (var k = 0; k < order; k++)
                sum += factors[k] * samples[i - 1 - k];
            samples[i] += sum >> shift;
        }
    }

    static void Residuals(ref BitReader bits, long[] samples, int order, string path)
    {
        var method = bits.Take(2);
        if (method > 1)
            throw FlacReader.Bad(path, $"a channel has the reserved coding {method}");
        var (width, escape) = method == 0 ? (4, 15u) : (5, 31u);
        var parts = 1 << (int)bits.Take(4);
        if (samples.Length % parts != 0 || samples.Length / parts < order)
            throw FlacReader.Bad(path, $"{samples.Length} samples do not make {parts} parts");
        for (var (part, i) = (0, order); part < parts; part++)
        {
            var rice = bits.Take(width);
            var plain = rice == escape ? (int)bits.Take(5) : -1;
            for (var end = (part + 1) * (samples.Length / parts); i < end; i++)
            {
                if (plain >= 0)
                {
                    samples[i] = plain == 0 ? 0 : bits.TakeSigned(plain);
                    continue;
                }
                var folded = ((ulong)bits.TakeZeros() << (int)rice) | bits.Take((int)rice);
                samples[i] = (long)(folded >> 1) ^ -(long)(folded & 1);
            }
        }
    }
}
