// The changing lower lines of a terminal while a build runs, as a value that renders. Unaware of time passing.

using Spectre.Console;
using Spectre.Console.Rendering;

namespace Imagecraft.Cli.Rendering;

/// <summary>Draws a state of the build at an instant.</summary>
public static class ProgressView
{
    private const int MostRows = 12;

    /// <summary>A line a running action, then the bar with the counts.</summary>
    public static IRenderable Of(BuildProgress progress, TimeSpan now, int width)
    {
        var rows = new List<IRenderable>();
        var shown = progress.Running.OrderBy(r => r.Started).Take(MostRows).ToList();
        var names = shown.Count == 0 ? 0 : Math.Min(shown.Max(r => r.Id.Value.Length), Math.Max(12, width / 3));
        foreach (var action in shown)
            rows.Add(Line($"  {Fit(action.Id.Value, names)}  {action.Description}", Times(action, now), width, "grey"));
        if (progress.Running.Count > MostRows)
            rows.Add(Line($"  and {progress.Running.Count - MostRows} more", "", width, "grey"));

        var counts = $" {progress.Done}/{progress.Total}  {Quantities.Duration(now)}";
        if (progress.LongestRemaining(now) is { } remaining)
            counts += $", at least {Quantities.Duration(remaining)} to go";
        if (progress.Failed > 0)
            counts += $", {progress.Failed} failed";
        rows.Add(Bar(progress.Total == 0 ? 0 : (double)progress.Done / progress.Total, counts, width));
        return new Rows(rows);
    }

    /// <summary><c>12.0 s of 41.2 s</c>, with the share of a download that has arrived.</summary>
    private static string Times(RunningAction action, TimeSpan now)
    {
        var text = Quantities.Duration(now - action.Started);
        if (action.ExpectedAfter(now - action.Started) is { } expected)
            text += $" of {Quantities.Duration(expected)}";
        if (action.Total is > 0 and var total)
            text = $"{100 * action.Done / total} %  {text}";
        return text;
    }

    private static Text Line(string left, string right, int width, string color) =>
        new(Fit(left, Math.Max(0, width - right.Length - 2)) + "  " + right, new Style(Color.FromInt32(color == "grey" ? 8 : 7)));

    private static Text Bar(double share, string counts, int width)
    {
        var cells = Math.Clamp(width - counts.Length - 1, 4, 40);
        var full = (int)(share * cells);
        return new Text(new string('█', full) + new string('░', cells - full) + counts, new Style(Color.Green));
    }

    private static string Fit(string text, int width) => text.Length <= width ? text.PadRight(width) : width < 2 ? text[..width] : text[..(width - 1)] + "…";
}
