// What a suite's Release says of its indexes. Unaware of signatures and of networks.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Feeds.Debian;

/// <summary>One index file of a suite.</summary>
public sealed record IndexFile(string Path, long Size, string Sha256);

/// <summary>The verified content of <c>InRelease</c>.</summary>
/// <param name="Suite">Suite as it names itself, e.g. <c>stable</c>.</param>
/// <param name="Codename">Code name, e.g. <c>trixie</c>.</param>
/// <param name="Date">When it was made.</param>
/// <param name="ValidUntil">When something newer should be there; null when it does not say.</param>
/// <param name="ByHash">Whether indexes are also found by their hash.</param>
/// <param name="Files">Index files by path below the suite's folder.</param>
public sealed record ReleaseFile(string Suite, string Codename, DateTimeOffset Date, DateTimeOffset? ValidUntil, bool ByHash, ImmutableDictionary<string, IndexFile> Files)
{
    /// <summary>Reads a Release text and checks that it is of the suite that was asked for.</summary>
    /// <exception cref="FeedException">It is of another suite, malformed, or has no SHA-256 section.</exception>
    public static ReleaseFile Read(string text, FeedSpec feed, string place)
    {
        using var reader = new StringReader(text);
        var fields = ControlText.Paragraphs(reader).FirstOrDefault() ?? throw new FeedException($"`{place}` is empty", userError: false);
        var suite = fields.GetValueOrDefault("Suite", "");
        var codename = fields.GetValueOrDefault("Codename", "");
        if (feed.Suite != suite && feed.Suite != codename && !IsNameless(feed, suite, codename))
            throw new FeedException($"`{place}` is of suite `{suite}` ({codename}), not `{feed.Suite}`: the mirror serves another suite under that name", userError: false);
        if (!fields.TryGetValue("Date", out var date)) throw new FeedException($"`{place}` has no `Date`, so that an old one could not be told from a new one", userError: false);
        if (!fields.TryGetValue("SHA256", out var sums)) throw new FeedException($"`{place}` lists no SHA-256 hashes", userError: false);
        var files = ImmutableDictionary.CreateBuilder<string, IndexFile>(StringComparer.Ordinal);
        foreach (var line in sums.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 3 || !IsHash(words[0]) || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw new FeedException($"`{place}` has the malformed line `{line}` among its SHA-256 hashes", userError: false);
            var path = words[2].StartsWith("./", StringComparison.Ordinal) ? words[2][2..] : words[2];
            files[path] = new IndexFile(path, size, words[0]);
        }
        return new ReleaseFile(
            suite, codename, ParseDate(date, place), fields.TryGetValue("Valid-Until", out var until) ? ParseDate(until, place) : null, fields.GetValueOrDefault("Acquire-By-Hash") == "yes", files.ToImmutable());
    }

    // A flat repository is no suite, and small repositories give theirs no name.
    private static bool IsNameless(FeedSpec feed, string suite, string codename) => feed.IsFlat || (feed.Home is not null && suite.Length == 0 && codename.Length == 0);

    // It becomes the name of a file in the cache.
    private static bool IsHash(string word) => word.Length == 64 && word.All(char.IsAsciiHexDigitLower);

    private static DateTimeOffset ParseDate(string text, string place) =>
        DateTimeOffset.TryParseExact(text.Replace(" UTC", " GMT", StringComparison.Ordinal), ["r", "ddd, d MMM yyyy HH:mm:ss 'GMT'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : throw new FeedException($"`{place}` has the malformed date `{text}`", userError: false);
}
