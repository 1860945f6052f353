// Chooses the clipping that keeps most of a distribution. Unaware of networks.

using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>Entropy calibration: the threshold with the least Kullback-Leibler divergence of the quantized distribution from the one seen.</summary>
/// <remarks>
/// Source of the method: S. Migacz, "8-bit Inference with TensorRT", GTC 2017. There the histogram is one of absolute values; here it has the full range, thresholds
/// are the same distance on both sides of zero, and an end that the values do not reach stays where the values end, so asymmetric parameters profit too.
/// Zero is an integer of its own whatever the range, so the many zeros of a rectified value count as no more than their neighbours; otherwise they would ask for the narrowest range, in which they share a step with nobody.
/// </remarks>
public static class EntropyRange
{
    /// <summary>Steps that the integers make over the range.</summary>
    const int Levels = 255;

    /// <summary>Stands for the probability of a bin that the quantized distribution leaves empty; keeps the divergence finite.</summary>
    const double Floor = 1e-9;

    /// <summary>Thresholds tried; the widest is the whole range.</summary>
    const int Candidates = 128;

    /// <summary>The best range of a histogram whose range includes zero.</summary>
    public static ValueRange Of(Histogram histogram)
    {
        var range = histogram.Range;
        var widest = Math.Max(-range.Least, range.Largest);
        var (best, least) = (range, double.PositiveInfinity);
        var counts = WithoutZeros(histogram);
        for (var candidate = Candidates; candidate >= 1; candidate--)
        {
            var threshold = widest * candidate / Candidates;
            var low = Bin(histogram, Math.Max(range.Least, -threshold), Math.Floor);
            var high = Bin(histogram, Math.Min(range.Largest, threshold), Math.Ceiling);
            if (high - low < Levels)
                break;
            var divergence = Divergence(counts, low, high);
            // Of equals the wider wins: it clips less.
            if (divergence < least)
                (best, least) = (new(histogram.Edge(low), histogram.Edge(high)), divergence);
        }
        return best;
    }

    static long[] WithoutZeros(Histogram histogram)
    {
        var counts = histogram.Counts.ToArray();
        var zero = Math.Min((int)(-histogram.Range.Least / Math.Max(histogram.Width, double.Epsilon)), counts.Length - 1);
        long[] beside = [.. zero > 0 ? [counts[zero - 1]] : Array.Empty<long>(), .. zero + 1 < counts.Length ? [counts[zero + 1]] : Array.Empty<long>()];
        counts[zero] = Math.Min(counts[zero], Sum(beside) / Math.Max(beside.Length, 1));
        return counts;
    }

    /// <summary>Divergence of the bins from <paramref name="low"/> up to <paramref name="high"/>, what lies beyond being clipped to the two at the ends.</summary>
    static double Divergence(ReadOnlySpan<long> counts, int low, int high)
    {
        var (below, above) = (Sum(counts[..low]), Sum(counts[high..]));
        var kept = counts[low..high];
        var inside = Sum(kept);
        var total = inside + below + above;
        if (inside == 0)
            return double.PositiveInfinity;
        var divergence = 0.0;
        for (var level = 0; level < Levels; level++)
        {
            var (start, end) = ((int)((long)level * kept.Length / Levels), (int)((level + 1L) * kept.Length / Levels));
            var occupied = 0;
            var sum = 0L;
            for (var i = start; i < end; i++)
            {
                occupied += kept[i] > 0 ? 1 : 0;
                sum += kept[i];
            }
            for (var i = start; i < end; i++)
            {
                var seen = (double)(kept[i] + (i == 0 ? below : 0) + (i == kept.Length - 1 ? above : 0)) / total;
                var quantized = kept[i] > 0 ? (double)sum / occupied / inside : Floor;
                if (seen > 0)
                    divergence += seen * Elementary.Log(seen / quantized);
            }
        }
        return divergence;
    }

    static int Bin(Histogram histogram, float value, Func<double, double> round) =>
        Math.Clamp((int)round((value - histogram.Range.Least) / histogram.Width), 0, histogram.Counts.Length);

    static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
            sum += count;
        return sum;
    }
}
