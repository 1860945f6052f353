// Counts latencies in logarithmic buckets that are allocated once. Unaware of what took the time.

using System.Numerics;

namespace Imagecraft.Infer.Bench;

/// <summary>
/// Each power of two is divided into 1,024 equal buckets, so a value read back is too high by less than 0.1 %.
/// Memory does not depend on the number of values, and recording one allocates nothing.
/// The layout is that of Gil Tene's HdrHistogram.
/// </summary>
sealed class LatencyHistogram
{
    const int Bits = 10, MostBits = 44;

    readonly long[] counts = new long[Index((1L << MostBits) - 1) + 1];
    long sum;

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest latency in nanoseconds.</summary>
    public long Min { get; private set; }

    /// <summary>The largest latency in nanoseconds.</summary>
    public long Max { get; private set; }

    /// <summary>The mean latency in nanoseconds.</summary>
    public double Mean => (double)sum / Count;

    /// <summary>Forgets all; writing every bucket also brings its memory in before the first value is recorded.</summary>
    public void Clear()
    {
        Array.Clear(counts);
        (Count, Min, Max, sum) = (0, long.MaxValue, 0, 0);
    }

    /// <summary>Counts one latency in nanoseconds; what passes 2^44 ns (4.9 hours) is counted as that.</summary>
    public void Record(long nanoseconds)
    {
        counts[Index(Math.Min(nanoseconds, (1L << MostBits) - 1))]++;
        Count++;
        sum += nanoseconds;
        Min = Math.Min(Min, nanoseconds);
        Max = Math.Max(Max, nanoseconds);
    }

    /// <summary>The latency of a rank in nanoseconds, 0 being the smallest.</summary>
    public long Ranked(long rank)
    {
        var seen = 0L;
        for (var i = 0; i < counts.Length; i++)
            if ((seen += counts[i]) > rank)
                return Math.Min(Top(i), Max);
        return Max;
    }

    /// <summary>The latency that a share of all stays below, by the rank that LoadGen takes: the share of the count, rounded down.</summary>
    public long Percentile(double percent) => Ranked((long)(Count * percent / 100));

    /// <summary>Counts between bounds: ascending upper bounds in nanoseconds, the last at least <see cref="Max"/>; a latency belongs to the first bound that is not below it.</summary>
    public long[] CountUpTo(ReadOnlySpan<long> bounds)
    {
        var rows = new long[bounds.Length];
        var row = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
                continue;
            while (Math.Min(Top(i), Max) > bounds[row])
                row++;
            rows[row] += counts[i];
        }
        return rows;
    }

    /// <summary>The value itself below 2^11; above, the leading eleven bits behind the number of dropped ones.</summary>
    static int Index(long value)
    {
        var dropped = Math.Max(0, BitOperations.Log2((ulong)value | 1) - Bits);
        return (dropped << Bits) + (int)(value >> dropped);
    }

    /// <summary>The largest value of a bucket.</summary>
    static long Top(int index)
    {
        var dropped = Math.Max(0, (index >> Bits) - 1);
        return ((index - (dropped << Bits) + 1L) << dropped) - 1;
    }
}
