// The texts of SPDX's license list, and which of them a text is. Pure.

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>Compares a text with the texts of all known licenses.</summary>
/// <remarks>
/// Source: SPDX's license list and its matching guidelines (case, breaks, punctuation and notices of copyright count for nothing). How alike two texts are is Dice's coefficient of their pairs of neighbouring words.
/// </remarks>
public sealed partial class LicenseList
{
    // Of texts that are one license, more is only a name that was filled in.
    private const double SameText = 0.95;

    // Whose text is shorter is held in too many others.
    private const int LeastPairs = 20;

    private readonly ImmutableArray<(string Id, Dictionary<string, int> Pairs, int Count)> _known;

    private LicenseList(ImmutableArray<(string Id, Dictionary<string, int> Pairs, int Count)> known) => _known = known;

    /// <summary>Reads the list.</summary>
    /// <param name="json">An object of SPDX's identifiers, each with a <c>licenseText</c>.</param>
    /// <exception cref="JsonException">It is no such list.</exception>
    public static LicenseList Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var texts = document.RootElement.EnumerateObject().Where(entry => entry.Value.TryGetProperty("licenseText", out _)).ToDictionary(entry => entry.Name, entry => entry.Value.GetProperty("licenseText").GetString() ?? "", StringComparer.Ordinal);
        // GPL-2.0, GPL-2.0+ and GPL-2.0-or-later have the text of GPL-2.0-only: what counts stands in the sources.
        var same = texts.Keys.Where(id => id.EndsWith("-only", StringComparison.Ordinal)).Select(id => id[..^"-only".Length]).SelectMany(id => new[] { id, id + "+", id + "-or-later" }).ToHashSet(StringComparer.Ordinal);
        return new([.. texts.Where(text => !same.Contains(text.Key)).OrderBy(text => text.Key, StringComparer.Ordinal).Select(text => (text.Key, Pairs(text.Value))).Select(text => (text.Key, text.Item2, text.Item2.Values.Sum())).Where(text => text.Item3 >= LeastPairs)]);
    }

    /// <summary>The identifier of the license that a text is, from its first to its last word; null: it is none of them.</summary>
    public string? IdOf(string text)
    {
        var pairs = Pairs(text);
        var count = pairs.Values.Sum();
        return _known.Select(known => (known.Id, Likeness: 2.0 * Common(known.Pairs, pairs) / (known.Count + count))).Where(known => known.Likeness >= SameText).OrderByDescending(known => known.Likeness).Select(known => known.Id).FirstOrDefault();
    }

    /// <summary>The identifier of the longest license whose whole text stands somewhere in a text; null: none does.</summary>
    public string? IdWithin(string text)
    {
        var pairs = Pairs(text);
        return _known.Where(known => Common(known.Pairs, pairs) >= SameText * known.Count).OrderByDescending(known => known.Count).Select(known => known.Id).FirstOrDefault();
    }

    private static int Common(Dictionary<string, int> one, Dictionary<string, int> other) => one.Sum(pair => Math.Min(pair.Value, other.GetValueOrDefault(pair.Key)));

    private static Dictionary<string, int> Pairs(string text)
    {
        var words = Word().Matches(Notice().Replace(text, "").ToLowerInvariant()).Select(match => match.Value).ToList();
        return words.Zip(words.Skip(1), (first, second) => $"{first} {second}").GroupBy(pair => pair, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?im)^\W*(copyright\b|\(c\)|©|all rights reserved).*$")]
    private static partial Regex Notice();
}
