// The rows of a report, which text and page share. Unaware of both.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Onnx.Profiles;

namespace Imagecraft.Onnx.Reports;

/// <summary>Rows of words, the first of which is the heading.</summary>
public static class ReportTable
{
    /// <summary>A row a setting: size, share of float, accuracy, processor time of the fastest run, of the middle one, its spread, how many times faster than float the fastest is; where they were counted, also instructions, and how many times fewer than float's; of a search, which are on the front.</summary>
    public static ImmutableArray<ImmutableArray<string>> Variants(ModelReport report)
    {
        var rows = Counted(report);
        if (!report.IsSearch)
            return rows;
        var front = ParetoFront.Of(report.Variants);
        return [rows[0].Add("on the front"), .. rows.Skip(1).Select((row, i) => row.Add(front.Contains(i) ? "*" : ""))];
    }

    static ImmutableArray<ImmutableArray<string>> Counted(ModelReport report)
    {
        var times = Times(report);
        if (report.Variants.All(variant => variant.Instructions is null))
            return times;
        var reference = report.Variants[0].Instructions;
        return
        [
            times[0].AddRange("instructions", "fewer by"),
            .. report.Variants.Select((variant, i) => times[i + 1].AddRange(
                variant.Instructions is { } count ? Invariant($"{count / 1e6:0.000} M") : "-",
                variant.Instructions is { } own && reference is { } first ? Invariant($"{(double)first / own:0.00}") : "-")),
        ];
    }

    static ImmutableArray<ImmutableArray<string>> Times(ModelReport report)
    {
        var reference = report.Variants[0];
        return
        [
            ["setting", "size", "of float", report.Metric.Length == 0 ? "accuracy" : report.Metric, "least time", "median", "spread", "speed-up"],
            .. report.Variants.Select(variant => ImmutableArray.Create(
                variant.Setting,
                Kibibytes(variant.Bytes),
                Invariant($"{(double)variant.Bytes / reference.Bytes:0.00}"),
                variant.Accuracy is { } accuracy ? Invariant($"{accuracy:0.0000}") : "-",
                variant.Latency is { } latency ? Invariant($"{latency.Least:0.000} ms") : "-",
                variant.Latency is { } middle ? Invariant($"{middle.Median:0.000} ms") : "-",
                variant.Latency is { } spread ? Invariant($"{spread.Spread * 100:0} %") : "-",
                variant.Latency is { } own && reference.Latency is { } first ? Invariant($"{first.Least / own.Least:0.00}") : "-")),
        ];
    }

    /// <summary>A row a layer.</summary>
    public static ImmutableArray<ImmutableArray<string>> Layers(IEnumerable<LayerFigures> layers) =>
    [
        ["layer", "kind", "signal to noise", "weights", "in float"],
        .. layers.Select(layer => ImmutableArray.Create(layer.Name, layer.Kind, Decibel(layer.SignalToNoise), Kibibytes(layer.Bytes), Kibibytes(layer.FloatBytes))),
    ];

    /// <summary>A row a node that a profile does not take.</summary>
    public static ImmutableArray<ImmutableArray<string>> Offenders(ProfileReport profile) =>
    [
        ["node it does not take", "kind", "why"],
        .. profile.Offenders.Select(offender => ImmutableArray.Create(offender.Node, offender.Kind, string.Join(", ", offender.Reasons))),
    ];

    /// <summary>Lines with aligned columns: the first to the left, the others to the right.</summary>
    public static IEnumerable<string> Lines(ImmutableArray<ImmutableArray<string>> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    /// <summary>A ratio in decibel; no noise at all has no number.</summary>
    internal static string Decibel(double value) => double.IsPositiveInfinity(value) ? "exact" : Invariant($"{value:0.0} dB");

    /// <summary>A size in KiB.</summary>
    internal static string Kibibytes(long bytes) => Invariant($"{bytes / 1024.0:0.0} KiB");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
