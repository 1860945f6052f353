// What people are told of a program before anything else. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>A summary and a page, where the build files say none.</summary>
public static partial class ReadMe
{
    private const int LongestSummary = 90;

    // A dot within a number or name ends none.
    private const string Sentence = @"(?:[^.!?\n]|\.(?=\S))";

    /// <summary>What `NAME is a ...` goes on with in its README; null: nothing short says so.</summary>
    public static string? SummaryOf(SourceView sources, string name)
    {
        foreach (var file in sources.AtRoot(@"^README(\..*)?$"))
        {
            var text = Markup().Replace(sources.Text(file), " ");
            if (Heading().Match(text) is { Success: true } headed && headed.Groups[1].Value.Trim() is { Length: > 10 and <= LongestSummary } line && !line.Contains("://", StringComparison.Ordinal) && !line.EndsWith(':') && !line.StartsWith("To ", StringComparison.Ordinal))
                return line.TrimEnd('.');
            if (Regex.Match(text, $@"(?is)\b{Regex.Escape(name)}(?:\s*\([^)]*\))?,?\s+is\s+(?:an?|the)\s+({Sentence}+(?:\n{Sentence}+)?)") is not { Success: true } match)
                continue;
            var words = string.Join(' ', match.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var summary = words.Length <= LongestSummary ? words : words[..LongestSummary] is var cut && cut.LastIndexOfAny([',', ';']) is > 20 and var end ? cut[..end] : null;
            if (summary is { Length: > 0 })
                return char.ToUpperInvariant(summary[0]) + summary[1..];
        }

        return null;
    }

    /// <summary>The page that is called so in its README, or the first address there that has its name; null: there is none.</summary>
    public static string? PageIn(SourceView sources, string name)
    {
        var texts = sources.AtRoot(@"^README(\..*)?$").Select(sources.Text).ToList();
        return texts.Select(text => Homepage().Match(text)).FirstOrDefault(match => match.Success) is { } told
            ? told.Groups[1].Value
            : texts.SelectMany(text => Address().Matches(text)).Select(match => match.Value).FirstOrDefault(address => address.Contains(name, StringComparison.OrdinalIgnoreCase) && !OfNoProject().IsMatch(address));
    }

    /// <summary>The page of a repository that an archive comes from; null: it is of none that is known.</summary>
    public static string? PageOf(string address) => Repository().Match(address) is { Success: true } match ? match.Value : null;

    /// <summary>The name of the repository that an archive comes from; null: it is of none that is known.</summary>
    public static string? NameOf(string address) => PageOf(address) is { } page ? page[(page.LastIndexOf('/') + 1)..] : null;

    [GeneratedRegex(@"(?im)^\W*(?:home ?page|web ?site|web|url)\W+(https?://[^\s)>\]""'`*]+[^\s)>\]""'`*.,])")]
    private static partial Regex Homepage();

    [GeneratedRegex(@"https?://[^\s)>\]""'`*]+[^\s)>\]""'`*.,]")]
    private static partial Regex Address();

    // Badges, reports of faults, and files.
    [GeneratedRegex(@"(?i)badge|shields\.io|travis|appveyor|coverity|codecov|/actions/|/workflows?/|/issues|/pulls?(/|$)|/wiki/|\.(svg|png|zip|t?gz|xz|bz2|git)$|licen[cs]e|bugs?\.")]
    private static partial Regex OfNoProject();

    // A short line of its own below the title.
    [GeneratedRegex(@"\A\s*#[^\n]*\n\s*\n([A-Z][^\n#=-]*)\n\s*\n")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[*`_]|<[^>]+>|\[|\]\([^)]*\)")]
    private static partial Regex Markup();

    [GeneratedRegex(@"^https://(?:github\.com|gitlab\.com|codeberg\.org|gitlab\.freedesktop\.org)/[^/]+/[^/]+(?=/)")]
    private static partial Regex Repository();
}
