// A version as it is spelled within addresses and names: `2.7.1` within `R_2_7_1.tar.gz`. Unaware of which version is newer.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Updating;

/// <summary>Where a version stands in a text, and what stands there between its numbers.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Its characters.</param>
/// <param name="Marks">What stands between its numbers, in their order.</param>
/// <param name="Usual">What stands there in the version itself.</param>
public sealed record VersionSpelling(int Start, int Length, ImmutableArray<char> Marks, ImmutableArray<char> Usual)
{
    /// <summary>Whatever stands between the numbers of versions.</summary>
    public static readonly char[] Separators = ['.', '_', '-', '+', '~'];

    /// <summary>The first place of a version in a text; null: it is not there. Part of a longer number it is not.</summary>
    public static VersionSpelling? Find(string text, string version) => All(text, version).FirstOrDefault();

    /// <summary>All places of a version in a text.</summary>
    public static IEnumerable<VersionSpelling> All(string text, string version)
    {
        ImmutableArray<char> usual = [.. version.Where(Separators.Contains)];
        var any = $"([{Regex.Escape(string.Concat(Separators)).Replace("-", @"\-", StringComparison.Ordinal)}])";
        var pattern = $@"(?<![0-9])(?<![0-9]\.){string.Join(any, version.Split(Separators).Select(Regex.Escape))}(?![0-9])(?![._][0-9])";
        return Regex.Matches(text, pattern, RegexOptions.CultureInvariant).Select(found => new VersionSpelling(found.Index, found.Length, [.. found.Groups.Values.Skip(1).Select(group => group.Value[0])], usual))
            // An underscore is between numbers only where it is between those of the version too: `libpng1.6_1.6.48`.
            .Where(place => !(place.Marks.Contains('_') && place.Start > 1 && text[place.Start - 1] == '_' && char.IsAsciiDigit(text[place.Start - 2])));
    }

    /// <summary>Whether an address has a version in it: not in the name of a host, and one of a single number only in the name of the file.</summary>
    public static bool IsIn(string address, string version) => Find(address[Reach(address, version)..], version) is not null;

    /// <summary>An address in which another version stands wherever it has this one.</summary>
    public static string ReplaceIn(string address, string version, string other)
    {
        var start = Reach(address, version);
        return address[..start] + Replace(address[start..], version, other);
    }

    /// <summary>A text in which another version stands wherever this one did, spelled likewise.</summary>
    public static string Replace(string text, string version, string other)
    {
        foreach (var place in All(text, version).Reverse())
            text = string.Concat(text.AsSpan(0, place.Start), place.Spell(other), text.AsSpan(place.Start + place.Length));
        return text;
    }

    /// <summary>Another version as it would be spelled here.</summary>
    public string Spell(string version)
    {
        var number = 0;
        return string.Concat(version.Select(c => !Separators.Contains(c) ? c : MarkOf(c, number++)));
    }

    /// <summary>The version that is spelled as here.</summary>
    public string Read(string spelled) => string.Concat(spelled.Select(c => Marks.IndexOf(c) is >= 0 and var index ? Usual[index] : c));

    // Where in an address a version may begin.
    private static int Reach(string address, string version)
    {
        var host = address.IndexOf("://", StringComparison.Ordinal);
        var path = host < 0 ? 0 : address.IndexOf('/', host + "://".Length) is >= 0 and var slash ? slash : address.Length;
        return version.IndexOfAny(Separators) < 0 ? Math.Max(path, address.LastIndexOfAny(['/', ':']) + 1) : path;
    }

    // By its place, or as the first of its like.
    private char MarkOf(char usual, int number) => number < Usual.Length && Usual[number] == usual ? Marks[number] : Usual.IndexOf(usual) is >= 0 and var index ? Marks[index] : usual;
}
