// Shows how latencies are spread: bars for people, buckets for programs. Unaware of the rest of a report.

using System.Globalization;

namespace Imagecraft.Infer.Bench;

static class Histogram
{
    const int Rows = 10, Width = 50;

    /// <summary>Ten rows of equal width from the smallest latency to the 99th percentile, and one for the tail behind it.</summary>
    public static IEnumerable<string> Bars(LatencyHistogram latencies)
    {
        var (low, high) = (latencies.Min, latencies.Percentile(99));
        long[] bounds = [.. Enumerable.Range(1, Rows).Select(row => low + ((high - low) * row / Rows)).Append(latencies.Max).Distinct()];
        var counts = latencies.CountUpTo(bounds);
        for (var row = 0; row < bounds.Length; row++)
        {
            // A bucket with anything in it has at least a sliver of a bar.
            var length = (int)Math.Ceiling((double)counts[row] / counts.Max() * Width);
            yield return string.Create(CultureInfo.InvariantCulture, $"{bounds[row] / 1e6,10:F3} ms {counts[row],9} {new string('#', length)}").TrimEnd();
        }
    }

    /// <summary>Upper bounds in nanoseconds and counts; buckets grow by a 32nd of a power of two, empty ones are left out.</summary>
    public static IEnumerable<(long Bound, long Count)> Buckets(LatencyHistogram latencies)
    {
        var bounds = new List<long> { latencies.Min };
        while (bounds[^1] < latencies.Max)
            bounds.Add(Math.Min(latencies.Max, (long)Math.Ceiling(bounds[^1] * Math.Pow(2, 1 / 32.0)) + 1));
        return bounds.Zip(latencies.CountUpTo([.. bounds])).Where(bucket => bucket.Second > 0);
    }
}
