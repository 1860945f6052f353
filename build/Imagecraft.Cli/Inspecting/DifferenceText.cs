// Differences as text, as JSON and as a page. Unaware of how they were found.

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Inspecting;

/// <summary>Shows differences.</summary>
public static class DifferenceText
{
    private const string None = "-";

    /// <summary>Lines for a terminal; long sections are cut.</summary>
    /// <param name="sections">What differs.</param>
    /// <param name="most">Lines of a section.</param>
    public static IEnumerable<string> Lines(ImmutableArray<DifferenceSection> sections, int most)
    {
        foreach (var (topic, differences) in sections)
        {
            yield return $"{topic}: {differences.Length}";
            var shown = differences.Take(most).ToList();
            var (names, befores) = (Width(shown.Select(d => d.Name)), Width(shown.Select(d => d.Before ?? None)));
            foreach (var one in shown)
                yield return $"  {one.Name.PadRight(names)}  {(one.Before ?? None).PadRight(befores)}  ->  {one.After ?? None}";
            if (differences.Length > shown.Count)
                yield return $"  and {differences.Length - shown.Count} more; `--all` shows them";
        }
    }

    /// <summary>For programs.</summary>
    public static JsonNode Json(ImmutableArray<DifferenceSection> sections) =>
        new JsonObject(sections.Select(section => KeyValuePair.Create(section.Topic, (JsonNode?)section.Differences.ToJson(one => new JsonObject { ["name"] = one.Name, ["before"] = one.Before, ["after"] = one.After }))));

    /// <summary>A page that is one file.</summary>
    public static string Page(string before, string after, ImmutableArray<DifferenceSection> sections) =>
        HtmlPage.Write($"From {before} to {after}", sections.Select(section => HtmlPage.Folded($"{section.Topic}: {section.Differences.Length}", HtmlPage.Table(["", "before", "after"], section.Differences.Select(one => new object?[] { one.Name, one.Before ?? None, one.After ?? None })))));

    // Columns beyond this are not lined up.
    private static int Width(IEnumerable<string> words) => Math.Min(48, words.Select(word => word.Length).DefaultIfEmpty(0).Max());
}
