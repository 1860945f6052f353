// Cuts a share of the values off at each end. Unaware of integers.

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>Percentile calibration.</summary>
public static class PercentileRange
{
    /// <summary>The range beyond which at each end lie at most 100 - <paramref name="percentile"/> percent of the values, to the width of a bin.</summary>
    public static ValueRange Of(Histogram histogram, double percentile)
    {
        var counts = histogram.Counts;
        var total = 0L;
        foreach (var count in counts)
            total += count;
        var beyond = total * (1 - (percentile / 100));
        var (low, high) = (0, counts.Length - 1);
        for (var below = counts[low]; below <= beyond && low < high; below += counts[low])
            low++;
        for (var above = counts[high]; above <= beyond && high > low; above += counts[high])
            high--;
        return new(histogram.Edge(low), histogram.Edge(high + 1));
    }
}
