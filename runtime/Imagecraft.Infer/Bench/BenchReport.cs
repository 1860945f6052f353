// Everything `bench` tells, as text and as JSON. Unaware of how it was measured.

using System.Globalization;
using System.Text;
using System.Text.Json;
using Imagecraft.Infer.Data;

namespace Imagecraft.Infer.Bench;

/// <summary>A measurement and its conditions.</summary>
/// <param name="IsArranged">Whether the network was arranged for this processor when it was loaded.</param>
/// <param name="LoadMilliseconds">From opening the file to a session that can run.</param>
/// <param name="FirstMilliseconds">The first inference, before any warm-up.</param>
/// <param name="Cpus">To which the program was bound; null when it was not.</param>
/// <param name="Realtime">Priority under SCHED_FIFO; null when it was left as it was started.</param>
/// <param name="PeakBytes">Peak resident memory of the whole program.</param>
sealed record BenchReport(
    string Model, Scenario Scenario, int Threads, bool IsArranged, int[]? Cpus, int? Realtime, int Warmup,
    double LoadMilliseconds, double FirstMilliseconds, long PeakBytes, Measurement Measured)
{
    static readonly double[] Percents = [50, 90, 95, 97, 99, 99.9];

    /// <summary>The shapes of inputs whose network takes others too.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; init; } = new Dictionary<string, long[]>();

    /// <summary>What the accelerator did of it; null when there was none.</summary>
    public DeviceShare? Device { get; init; }

    LatencyHistogram Latencies => Measured.Latencies;

    /// <summary>Offline, all samples are one query.</summary>
    long Queries => Scenario.Percent is null ? 1 : Latencies.Count;

    long Samples => Latencies.Count * Scenario.SamplesPerQuery;

    double MillisecondsPerSample => Measured.Seconds * 1000 / Samples;

    double SamplesPerSecond => Samples / Measured.Seconds;

    public string Text()
    {
        var lines = new List<string>
        {
            Line("scenario", $"{Scenario.Name}, {Queries} queries, {Samples} samples in {Measured.Seconds:F3} s after {Warmup} for warm-up"),
            Line("machine", $"{Threads} threads, {(Cpus is null ? "CPUs as started" : $"CPUs [{string.Join(", ", Cpus)}]")}, {(Realtime is null ? "priority as started" : $"SCHED_FIFO {Realtime}, memory locked")}"),
            Line("load", $"{LoadMilliseconds:F3} ms, {(IsArranged ? "arranged for this processor" : "as it lies in the file")}"),
            Line("first", $"{FirstMilliseconds:F3} ms"),
        };
        lines.AddRange(Shapes.Select(shape => Line("shape", $"{shape.Key} {Tensor.Format(shape.Value)}, one of those that its free axes allow")));
        if (Scenario.Percent is { } percent)
        {
            lines.Add(Line($"p{percent}", $"{Milliseconds(Latencies.Percentile(percent)):F3} ms a query; by LoadGen's early stopping {(Estimate(percent) is { } estimate ? $"{estimate:F3} ms" : "too few queries")}"));
            lines.Add(Line("latency", $"min {Milliseconds(Latencies.Min):F3}, mean {Latencies.Mean / 1e6:F3}, {string.Join(", ", Percents.Select(p => Invariant($"p{p} {Milliseconds(Latencies.Percentile(p)):F3}")))}, max {Milliseconds(Latencies.Max):F3} ms"));
        }
        lines.Add(Line("throughput", $"{SamplesPerSecond:F1} samples per second"));
        if (Device is { } device)
            lines.Add(Line("device", $"{device.Placement.Device}: {device.Placement.Share:P1} of the multiply-accumulates; {device.DeviceMilliseconds:F3} ms a sample in {device.Jobs:G3} jobs, {device.TransferMilliseconds:F3} ms for copies, utilization {device.Utilization(MillisecondsPerSample):P1} of the nominal clock"));
        lines.Add(Line("peak memory", $"{PeakBytes / 1024} KiB"));
        lines.Add(Line("managed", $"{Measured.ThreadAllocatedBytes} bytes allocated by the loop, {Measured.AllocatedBytes} by all threads, {Measured.Collections.Sum()} collections"));
        if (Measured.Energy.Count == 0)
            lines.Add(Line("energy", $"not available"));
        lines.AddRange(Measured.Energy.Select(energy => Line("energy", $"{energy.Counter}: {energy.Joules:F3} J, {energy.Joules / Samples * 1000:F3} mJ per sample")));
        if (Scenario.Percent is not null)
            lines.AddRange(Histogram.Bars(Latencies));
        return string.Join('\n', lines);
    }

    public string Json()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("model", Model);
        writer.WriteString("scenario", Scenario.Name);
        writer.WriteNumber("threads", Threads);
        writer.WriteString("optimize_at_load", IsArranged ? "all" : "none");
        if (Cpus is not null)
            WriteArray(writer, "cpus", Cpus);
        if (Realtime is { } priority)
            writer.WriteNumber("realtime", priority);
        writer.WriteNumber("warmup", Warmup);
        if (Shapes.Count > 0)
        {
            writer.WriteStartObject("shapes");
            foreach (var (name, shape) in Shapes)
                WriteArray(writer, name, Array.ConvertAll(shape, size => checked((int)size)));
            writer.WriteEndObject();
        }
        writer.WriteNumber("queries", Queries);
        writer.WriteNumber("samples", Samples);
        writer.WriteNumber("seconds", Measured.Seconds);
        writer.WriteNumber("load_ms", LoadMilliseconds);
        writer.WriteNumber("first_ms", FirstMilliseconds);
        writer.WriteNumber("samples_per_second", SamplesPerSecond);
        if (Scenario.Percent is { } percent)
            WriteLatencies(writer, percent);
        if (Device is { } device)
        {
            writer.WriteStartObject("device");
            writer.WriteString("path", device.Placement.Device);
            writer.WriteString("provider", device.Placement.Provider);
            writer.WriteNumber("share", device.Placement.Share);
            writer.WriteNumber("regions", device.Placement.Regions);
            writer.WriteNumber("crossings", device.Placement.Crossings);
            writer.WriteNumber("jobs", device.Jobs);
            writer.WriteNumber("cycles", device.Cycles);
            writer.WriteNumber("device_ms", device.DeviceMilliseconds);
            writer.WriteNumber("transfer_ms", device.TransferMilliseconds);
            writer.WriteNumber("utilization", device.Utilization(MillisecondsPerSample));
            writer.WriteEndObject();
        }
        writer.WriteNumber("peak_bytes", PeakBytes);
        writer.WriteNumber("loop_allocated_bytes", Measured.ThreadAllocatedBytes);
        writer.WriteNumber("allocated_bytes", Measured.AllocatedBytes);
        WriteArray(writer, "collections", Measured.Collections);
        if (Measured.Energy.Count > 0)
        {
            writer.WriteStartObject("energy_joules");
            foreach (var energy in Measured.Energy)
                writer.WriteNumber(energy.Counter, energy.Joules);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    void WriteLatencies(Utf8JsonWriter writer, double percent)
    {
        writer.WriteNumber("min_ms", Milliseconds(Latencies.Min));
        writer.WriteNumber("mean_ms", Latencies.Mean / 1e6);
        foreach (var p in Percents)
            writer.WriteNumber(Invariant($"p{p}_ms"), Milliseconds(Latencies.Percentile(p)));
        writer.WriteNumber("max_ms", Milliseconds(Latencies.Max));
        writer.WriteStartObject("result");
        writer.WriteNumber("percentile", percent);
        writer.WriteNumber("latency_ms", Milliseconds(Latencies.Percentile(percent)));
        if (Estimate(percent) is { } estimate)
            writer.WriteNumber("early_stopping_ms", estimate);
        writer.WriteEndObject();
        writer.WriteStartArray("histogram");
        foreach (var (bound, count) in Histogram.Buckets(Latencies))
        {
            writer.WriteStartObject();
            writer.WriteNumber("up_to_ms", Milliseconds(bound));
            writer.WriteNumber("count", count);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    double? Estimate(double percent) => EarlyStopping.Rank(Latencies.Count, percent) is { } rank ? Milliseconds(Latencies.Ranked(rank)) : null;

    static void WriteArray(Utf8JsonWriter writer, string key, int[] numbers)
    {
        writer.WriteStartArray(key);
        foreach (var number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    static double Milliseconds(long nanoseconds) => nanoseconds / 1e6;

    static string Line(string name, FormattableString text) => $"{name,-12}{Invariant(text)}";

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
