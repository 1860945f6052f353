// Versions as projects number their releases, and which of two is newer. Unaware of where they were found, and of Debian's rules.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Updating;

/// <summary>How a version counts.</summary>
public enum VersionKind
{
    /// <summary>Numbers, perhaps with a letter, a patch level or a stage before the release.</summary>
    Numbers,

    /// <summary>One number that is a day, as in <c>20250708</c>: newer and older among its like, and nothing beside numbers.</summary>
    Day,
}

/// <summary>A version of numbers: <c>1.37.0</c>, <c>2_7_1</c>, <c>1.1.1w</c>, <c>9.9p2</c>, <c>6.12-rc3</c>, <c>1.0.0-beta.2</c>. What stands between numbers does not count.</summary>
public sealed partial record ReleaseVersion
{
    // Stages before a release, the release itself, and what is put after it.
    private static readonly ImmutableSortedDictionary<string, int> Stages = new Dictionary<string, int>
    {
        ["dev"] = -6, ["alpha"] = -5, ["a"] = -5, ["beta"] = -4, ["b"] = -4, ["m"] = -4, ["pre"] = -3, ["preview"] = -3, ["c"] = -2, ["rc"] = -2,
        [""] = 0, ["p"] = 2, ["pl"] = 2, ["patch"] = 2, ["post"] = 2, ["r"] = 2, ["rev"] = 2,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private const int Letter = 1;

    private readonly ImmutableArray<long> _numbers;
    private readonly int _stage;
    private readonly ImmutableArray<long> _count;

    private ReleaseVersion(string text, VersionKind kind, ImmutableArray<long> numbers, int stage, ImmutableArray<long> count) =>
        (Text, Kind, _numbers, _stage, _count) = (text, kind, numbers, stage, count);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Only versions of one kind can be compared.</summary>
    public VersionKind Kind { get; }

    /// <summary>It comes before the release of its numbers: rc, alpha, beta and so on.</summary>
    public bool IsPreRelease => _stage < 0;

    /// <summary>Reads a version; what has other words in it (a commit, <c>latest</c>, <c>1.2-doc</c>) is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ReleaseVersion? version)
    {
        version = null;
        if (Form().Match(text) is not { Success: true } match || Numbers(match.Groups["numbers"].Value) is not { } numbers || Numbers(match.Groups["count"].Value) is not { } count)
            return false;
        var (word, letter) = (match.Groups["word"].Value.ToLowerInvariant(), match.Groups["letter"].Value);
        var kind = IsDay(match.Groups["numbers"].Value) ? VersionKind.Day : VersionKind.Numbers;
        version = letter.Length > 0 ? new(text, kind, numbers, Letter, [letter[0]]) : new(text, kind, numbers, Stages[word], count);
        return true;
    }

    /// <summary>Whether it is <paramref name="series"/> or one below: <c>6.12.107</c> and <c>6.12-rc1</c> are of <c>6.12</c>.</summary>
    public bool IsOf(string series) => Numbers(series) is { } first && _numbers.Length >= first.Length && _numbers.AsSpan(0, first.Length).SequenceEqual(first.AsSpan());

    /// <summary>Whether versions of a series may lie in a folder of this name: <c>6</c>, <c>6.12</c> and <c>6.12.1</c> for those of <c>6.12</c>.</summary>
    public bool MayHold(string series) => IsOf(series) || (Numbers(series) is { } whole && whole.Length >= _numbers.Length && whole.AsSpan(0, _numbers.Length).SequenceEqual(_numbers.AsSpan()));

    /// <summary>Older ones first.</summary>
    public static IComparer<ReleaseVersion> Order { get; } = Comparer<ReleaseVersion>.Create((one, other) => one.CompareTo(other));

    /// <summary>Below, at or above zero as it is older than, the same as or newer than another of its kind.</summary>
    public int CompareTo(ReleaseVersion other) =>
        Compare(_numbers, other._numbers) is not 0 and var difference ? difference
        : _stage != other._stage ? _stage.CompareTo(other._stage)
        : Compare(_count, other._count);

    /// <inheritdoc/>
    public override string ToString() => Text;

    // 1.2 and 1.2.0 are the same.
    private static int Compare(ImmutableArray<long> one, ImmutableArray<long> other)
    {
        for (var i = 0; i < Math.Max(one.Length, other.Length); i++)
            if (one.ElementAtOrDefault(i).CompareTo(other.ElementAtOrDefault(i)) is not 0 and var difference)
                return difference;
        return 0;
    }

    private static ImmutableArray<long>? Numbers(string text)
    {
        var numbers = ImmutableArray.CreateBuilder<long>();
        foreach (var part in text.Split(VersionSpelling.Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            numbers.Add(number);
        }

        return numbers.ToImmutable();
    }

    private static bool IsDay(string text) => DateTime.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1990 and < 2100;

    [GeneratedRegex(@"^(?<numbers>[0-9]+([._+~-][0-9]+)*)((?<letter>[a-z])|[._+~-]?(?<word>alpha|beta|dev|preview|pre|rc|patch|post|pl|rev|[abcmpr](?=[._+~-]?[0-9]))([._+~-]?(?<count>[0-9]+([._+~-][0-9]+)*))?)?\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
