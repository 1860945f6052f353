// What people are told of a program before anything else. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>A summary and a page, where the build files say none.</summary>
public static partial class ReadMe
{
    private const int LongestSummary = 90;

    /// <summary>What `NAME is a ...` goes on with in its README; null: nothing short says so.</summary>
    public static string? SummaryOf(SourceView sources, string name)
    {
        foreach (var file in sources.AtRoot(@"^README(\..*)?$"))
        {
            var text = Markup().Replace(sources.Text(file), " ");
            if (Heading().Match(text) is { Success: true } headed && headed.Groups[1].Value.Trim() is { Length: > 10 and <= LongestSummary } line && !line.Contains("://", StringComparison.Ordinal) && !line.EndsWith(':') && !line.StartsWith("To ", StringComparison.Ordinal))
                return line.TrimEnd('.');
            if (Regex.Match(text, $@"(?is)\b{Regex.Escape(name)}(?:\s*\([^)]*\))?,?\s+is\s+(?:an?|the)\s+([^.!?\n]+(?:\n[^.!?\n]+)?)") is not { Success: true } match)
                continue;
            var words = string.Join(' ', match.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var summary = words.Length <= LongestSummary ? words : words[..LongestSummary] is var cut && cut.LastIndexOfAny([',', ';']) is > 20 and var end ? cut[..end] : null;
            if (summary is { Length: > 0 })
                return char.ToUpperInvariant(summary[0]) + summary[1..];
        }

        return null;
    }

    /// <summary>The page of a repository that an archive comes from; null: it is of none that is known.</summary>
    public static string? PageOf(string address) => Repository().Match(address) is { Success: true } match ? match.Value : null;

    /// <summary>The name of the repository that an archive comes from; null: it is of none that is known.</summary>
    public static string? NameOf(string address) => PageOf(address) is { } page ? page[(page.LastIndexOf('/') + 1)..] : null;

    // A short line of its own below the title.
    [GeneratedRegex(@"\A\s*#[^\n]*\n\s*\n([A-Z][^\n#=-]*)\n\s*\n")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[*`_]|<[^>]+>|\[|\]\([^)]*\)")]
    private static partial Regex Markup();

    [GeneratedRegex(@"^https://(?:github\.com|gitlab\.com|codeberg\.org|gitlab\.freedesktop\.org)/[^/]+/[^/]+(?=/)")]
    private static partial Regex Repository();
}
