// A line of the table. Unaware of how it was measured.

using System.Globalization;

namespace Imagecraft.Benchmarks;

/// <summary>What was measured.</summary>
/// <param name="What">In words.</param>
/// <param name="AtMost">The promise, in words.</param>
/// <param name="Median">Median in seconds.</param>
/// <param name="Remark">Ratio, spread or conditions.</param>
public sealed record Row(string What, string AtMost, double Median, string Remark)
{
    /// <summary>The table in Markdown.</summary>
    public static string Table(IEnumerable<Row> rows) => string.Join('\n',
    [
        "| what | at most | median | |",
        "| --- | --- | --- | --- |",
        .. rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"| {r.What} | {r.AtMost} | {r.Median:0.000} s | {r.Remark} |")),
    ]);

    /// <summary>The middle of the sorted values.</summary>
    public static double MedianOf(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary><c>0.140 to 0.185 s</c>.</summary>
    public static string Spread(IReadOnlyCollection<double> seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds.Min():0.000} to {seconds.Max():0.000} s");
}
