// Percentiles and throughput of a benchmark. Unaware of how it was run.

namespace Imagecraft.Infer.Commands;

/// <summary>Times in milliseconds, throughput in inferences per second of pure inference time.</summary>
sealed record Figures(double LoadMilliseconds, int Threads, int Warmup, int Runs, double P50, double P90, double P99, double Max, double PerSecond, long PeakBytes)
{
    /// <summary>Percentiles by nearest rank: the smallest time that at least that share of the runs did not exceed.</summary>
    public static Figures Of(double[] milliseconds, double load, long peakBytes, int threads, int warmup)
    {
        var sorted = milliseconds.Order().ToArray();
        var total = sorted.Sum();
        return new(load, threads, warmup, sorted.Length, Rank(50), Rank(90), Rank(99), sorted[^1], total > 0 ? sorted.Length / total * 1000 : 0, peakBytes);

        double Rank(int percent) => sorted[Math.Max(0, (int)((((long)sorted.Length * percent) + 99) / 100) - 1)];
    }
}
