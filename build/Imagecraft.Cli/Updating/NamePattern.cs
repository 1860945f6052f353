// How a project names the files and tags of its releases. Unaware of where they are listed.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Updating;

/// <summary>Names that have a version in them.</summary>
/// <param name="Expression">Matches a whole name; its group is the version as it is spelled there.</param>
/// <param name="Spelling">How the recipe's own version is spelled there; null: as it is.</param>
/// <param name="Words">For people, e.g. <c>lua-VERSION.tar.gz</c>.</param>
public sealed partial record NamePattern(Regex Expression, VersionSpelling? Spelling, string Words)
{
    private const string Version = $"(?<{ReleasesSpec.VersionGroup}>[0-9][0-9A-Za-z._+~-]*?)";

    private const string Archives = @"\.(tar(\.(gz|bz2|xz|zst|lz|lzma|Z))?|tgz|tbz2?|txz|tzst|zip)";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Names like one that has the version in it, of whatever kind of archive; null: it has not.</summary>
    /// <param name="name">Name of a file or folder.</param>
    /// <param name="version">The version.</param>
    public static NamePattern? Like(string name, string version)
    {
        if (VersionSpelling.Find(name, version) is not { } place)
            return null;
        var (before, after) = (name[..place.Start], name[(place.Start + place.Length)..]);
        var ending = Archive().Match(after);
        var rest = ending.Success ? after[..ending.Index] : after;
        return new(Whole($"{Regex.Escape(before)}{Version}{Regex.Escape(rest)}{(ending.Success ? Archives : "")}"), place, $"{before}VERSION{after}");
    }

    /// <summary>Names that an expression of the recipe describes.</summary>
    public static NamePattern Written(string expression) => new(Whole(expression), null, expression);

    /// <summary>Tags of a repository: named as the one of the recipe's version is, or, when there is none, with the usual words before a number.</summary>
    /// <param name="tags">All tags.</param>
    /// <param name="version">The recipe's version.</param>
    public static NamePattern OfTags(IEnumerable<string> tags, string version) =>
        tags.OrderBy(tag => tag.Length).ThenBy(tag => tag, StringComparer.Ordinal).Select(tag => Like(tag, version)).FirstOrDefault(pattern => pattern is not null)
            ?? new(Whole($"([A-Za-z][A-Za-z0-9]*[-_/])?[vVrR]?[-_.]?{Version}"), null, "vVERSION");

    /// <summary>The version in a name, spelled as the recipe spells its own; null: the name is of something else.</summary>
    public string? VersionIn(string name) => Expression.Match(name) is { Success: true } match && match.Groups[ReleasesSpec.VersionGroup] is { Success: true, Value: var spelled } ? Spelling?.Read(spelled) ?? spelled : null;

    /// <summary>The versions among names, each with the name that has it; what is no version is left out.</summary>
    public ImmutableArray<FoundVersion> In(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Select(name => VersionIn(name) is { } text && ReleaseVersion.TryParse(text, out var version) ? new FoundVersion(version, name) : null).OfType<FoundVersion>()];

    /// <summary>The end of an archive's name.</summary>
    [GeneratedRegex(Archives + @"\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    internal static partial Regex Archive();

    // What a recipe says may be slow on names that somebody else wrote.
    private static Regex Whole(string expression) => new($@"\A(?:{expression})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Limit);
}

/// <summary>A version that somebody has.</summary>
/// <param name="Version">The version, spelled as the recipe does.</param>
/// <param name="Name">Name of the file or tag that it was read from.</param>
public sealed record FoundVersion(ReleaseVersion Version, string Name)
{
    /// <summary>The page that links to it; null: it is no link.</summary>
    public Uri? Folder { get; init; }
}
