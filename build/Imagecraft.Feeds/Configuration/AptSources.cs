// Finds Debian mirrors in apt's configuration. Unaware of whether they answer.

using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Configuration;

/// <summary>Reads one-line and deb822 source lists.</summary>
/// <remarks>Source: sources.list(5).</remarks>
internal static class AptSources
{
    private static readonly HashSet<string> Suites = new(StringComparer.Ordinal)
    {
        "bullseye", "bookworm", "trixie", "forky", "duke", "sid", "oldoldstable", "oldstable", "stable", "testing", "unstable",
    };

    /// <summary>Addresses that serve a Debian suite with component `main`, security archives excepted, in the order of apt's files.</summary>
    public static IEnumerable<string> Mirrors(string root) => Addresses(root, security: false);

    /// <summary>Addresses that serve the updates of a Debian suite's security archive, in the order of apt's files.</summary>
    public static IEnumerable<string> SecurityMirrors(string root) => Addresses(root, security: true);

    private static IEnumerable<string> Addresses(string root, bool security)
    {
        var folder = Path.Combine(root, "etc/apt/sources.list.d");
        string[] parts = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];
        foreach (var path in parts.Prepend(Path.Combine(root, "etc/apt/sources.list")))
        {
            if (!File.Exists(path)) continue;
            var found = path.EndsWith(".sources", StringComparison.Ordinal) ? Deb822(path, security) : path.EndsWith(".list", StringComparison.Ordinal) ? Lines(path, security) : [];
            foreach (var address in found) yield return address;
        }
    }

    private static IEnumerable<string> Deb822(string path, bool security)
    {
        using var reader = new StringReader(string.Join('\n', File.ReadLines(path).Where(line => !line.StartsWith('#'))));
        foreach (var fields in ControlText.Paragraphs(reader))
        {
            if (fields.GetValueOrDefault("Enabled", "yes") is "no" or "false") continue;
            if (!IsDebian(Words(fields.GetValueOrDefault("Suites")), Words(fields.GetValueOrDefault("Components")), security)) continue;
            foreach (var address in Words(fields.GetValueOrDefault("URIs"))) yield return address;
        }
    }

    private static IEnumerable<string> Lines(string path, bool security)
    {
        foreach (var line in File.ReadLines(path))
        {
            var text = line.Trim();
            var open = text.IndexOf('[', StringComparison.Ordinal);
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (open > 0 && close > open) text = text[..open] + text[(close + 1)..];
            var words = Words(text);
            if (words.Length >= 4 && words[0] is "deb" or "deb-src" && IsDebian([words[2]], words[3..], security)) yield return words[1];
        }
    }

    private static bool IsDebian(string[] suites, string[] components, bool security) =>
        components.Contains("main") && suites.Any(suite => Suites.Contains(suite.Split('-')[0]) && suite.Contains("security", StringComparison.Ordinal) == security && !suite.Contains('/', StringComparison.Ordinal));

    private static string[] Words(string? text) => text?.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries) ?? [];
}
