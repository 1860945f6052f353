// The measured run: queries one after the other, until there were enough. Unaware of files and of how results are shown.

using System.Diagnostics;
using Imagecraft.Infer.Host;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Bench;

/// <summary>What was measured.</summary>
/// <param name="Latencies">Of queries, from just before the first sample to just after the last.</param>
/// <param name="Seconds">Wall time of the whole run.</param>
/// <param name="ThreadAllocatedBytes">Managed bytes that the measuring thread allocated in the run.</param>
/// <param name="AllocatedBytes">Managed bytes that all threads allocated in the run.</param>
/// <param name="Collections">Garbage collections in the run, by generation.</param>
/// <param name="Energy">What each readable energy counter of the machine counted in the run.</param>
sealed record Measurement(LatencyHistogram Latencies, double Seconds, long ThreadAllocatedBytes, long AllocatedBytes, int[] Collections, IReadOnlyList<Energy> Energy)
{
    /// <summary>Sends queries until both minimums are reached.</summary>
    /// <param name="streams">One for each sample of a query.</param>
    /// <param name="warmup">Queries before the run that do not count.</param>
    public static Measurement Run(BoundStream[] streams, int warmup, long leastQueries, TimeSpan leastDuration)
    {
        var latencies = new LatencyHistogram();
        var meter = EnergyMeter.Open();
        int[] before = new int[GC.MaxGeneration + 1], after = new int[GC.MaxGeneration + 1];
        // The loop itself is warmed up too, or its own start-up would be in the first latencies.
        Loop(streams, latencies, warmup, 0);
        latencies.Clear();
        GC.Collect();
        // The finalizer thread allocates a little when it first runs, which is not the loop's doing.
        GC.WaitForPendingFinalizers();

        meter.Start();
        Count(before);
        var allAllocated = GC.GetTotalAllocatedBytes(precise: true);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var ticks = Loop(streams, latencies, leastQueries, (long)(leastDuration.TotalSeconds * Stopwatch.Frequency));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        allAllocated = GC.GetTotalAllocatedBytes(precise: true) - allAllocated;
        Count(after);
        var energy = meter.Stop();
        return new(latencies, (double)ticks / Stopwatch.Frequency, allocated, allAllocated, [.. after.Zip(before, (now, then) => now - then)], energy);
    }

    static long Loop(BoundStream[] streams, LatencyHistogram latencies, long leastQueries, long leastTicks)
    {
        var begin = Stopwatch.GetTimestamp();
        var end = begin;
        for (long queries = 0; queries < leastQueries || end - begin < leastTicks; queries++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var stream in streams)
                stream.Run();
            end = Stopwatch.GetTimestamp();
            // On Linux, .NET's stopwatch counts nanoseconds.
            latencies.Record(end - start);
        }
        return end - begin;
    }

    static void Count(int[] collections)
    {
        for (var generation = 0; generation < collections.Length; generation++)
            collections[generation] = GC.CollectionCount(generation);
    }
}
