// Changes version, addresses and hashes in the documents of a recipe, and nothing else that somebody wrote there. Pure.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Cli.Updating;

/// <summary>A text of a document, and what becomes of it.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Change">The new words for the old ones.</param>
public sealed record TextChange(SourceSpan Place, Func<string, string> Change);

/// <summary>The steps of a bump: first what the version is part of, then, when the files are known, their hashes.</summary>
public static class RecipeBump
{
    // What comes by security updates stays there until the next point release of the suite.
    private const string SecurityPool = "pool/updates/";

    /// <summary>The sources that are of the recipe's version: those with it in an address, and git's.</summary>
    public static ImmutableArray<int> Versioned(Recipe recipe) =>
        [.. Enumerable.Range(0, recipe.Sources.Length).Where(index => recipe.Sources[index] is var source && (source.Commit is not null || ReleaseSearch.Addresses(source).Any(address => VersionSpelling.IsIn(address, recipe.Version))))];

    /// <summary>The new version, and addresses and commits with it. Where a document writes <c>$VERSION</c>, the address follows by itself.</summary>
    /// <param name="recipe">The recipe as it is.</param>
    /// <param name="release">What it becomes.</param>
    public static IEnumerable<TextChange> OfVersion(Recipe recipe, Release release)
    {
        yield return new(recipe.Version.Span, _ => release.Version);
        foreach (var source in Versioned(recipe).Select(index => recipe.Sources[index]))
        {
            foreach (var place in source.Mirrors.Prepend(source.Url))
                yield return new(place.Span, written => OfAddress(written, recipe.Version, release));
            if (source.Commit is { } commit && release.Commit is { } tagged)
                yield return new(commit.Span, _ => tagged);
        }
    }

    /// <summary>The feed's archive under the name that it has there, which may say otherwise than upstream's what was left out of it; and where it is, when only the security archive has it.</summary>
    /// <param name="source">A source of the recipe with its new version.</param>
    /// <param name="release">A release of the feed.</param>
    public static IEnumerable<TextChange> OfArchive(SourceSpec source, Release release)
    {
        if (release.Archive is not { } archive || source.Mirrors.Prepend(source.Url).FirstOrDefault(place => ReleaseSearch.FeedSource(place.Value) is not null) is not { } place)
            return [];
        var address = archive.Folder.StartsWith(SecurityPool, StringComparison.Ordinal) ? $"debian:{archive.Folder}/{archive.Name}"
            : place.Value.StartsWith($"debian:{SecurityPool}", StringComparison.Ordinal) ? $"debian:{ReleaseSearch.FeedSource(place.Value)}/{archive.Name}"
            : $"{place.Value[..^SourceSpec.FileNameOf(place.Value).Length]}{archive.Name}";
        return address == place.Value ? [] : [new(place.Span, _ => address)];
    }

    /// <summary>The texts of documents with changes in them, by name.</summary>
    /// <param name="read">The text of a document.</param>
    /// <param name="changes">What is changed; the last of a document's first, so that places stay where they are.</param>
    /// <exception cref="ProblemException">A text is not written so that a program may change it.</exception>
    public static ImmutableSortedDictionary<string, string> Apply(Func<string, string> read, IEnumerable<TextChange> changes) =>
        changes.GroupBy(change => change.Place.File).ToImmutableSortedDictionary(document => document.Key, document => document.DistinctBy(change => change.Place).OrderByDescending(change => change.Place.Line).ThenByDescending(change => change.Place.Column)
            .Aggregate(read(document.Key), (text, change) => YamlEdit.ChangeAt(text, change.Place, change.Change) ?? throw ProblemException.User($"{change.Place}: this is not written so that a program may change it", "Write it on one line, without escapes")), StringComparer.Ordinal);

    /// <summary>Where a version still stands in a document, for people to look at: in checks, comments, names. One of a single number stands everywhere, and tells nothing.</summary>
    public static IEnumerable<string> Leftovers(string document, string text, string version) =>
        version.IndexOfAny(VersionSpelling.Separators) < 0 ? [] : text.Split('\n').Select((line, index) => (line, index)).Where(at => VersionSpelling.Find(at.line, version) is not null)
            .Select(at => string.Create(CultureInfo.InvariantCulture, $"`{version}` still stands in {document}:{at.index + 1}"));

    /// <summary>Addresses of a source that another version was written into and that nobody has seen, because upstream was not asked or did not answer.</summary>
    public static IEnumerable<string> Unseen(SourceSpec source, Release release) => release.Archive is null ? [] : ReleaseSearch.Addresses(source).Where(IsWeb).Select(address => $"nobody has seen {address}: upstream did not tell of it");

    private static string OfAddress(string written, string version, Release release)
    {
        var parts = written.Split('/');
        if (IsWeb(written) && ForgeAddress.Of(written) is null)
        {
            var seen = release.Address?.AbsoluteUri.Split('/').Select(Uri.UnescapeDataString).ToArray();
            // In front of the folders stand the scheme, nothing, and the host; behind them the file.
            for (var i = 3; i < parts.Length - 1; i++)
                if (ReleaseSearch.FolderNumbers(parts[i], version) is > 0 and var count)
                    parts[i] = seen is not null && seen.Length == parts.Length && seen[2] == parts[2] ? seen[i] : VersionSpelling.Replace(parts[i], ReleaseSearch.First(version, count), ReleaseSearch.First(release.Version, count));
            parts[^1] = VersionSpelling.Replace(parts[^1], version, release.Version);
        }
        else
            parts = VersionSpelling.ReplaceIn(written, version, release.Version).Split('/');

        var file = parts[^1];
        if (IsWeb(written) && release.File is { } name && EndingOf(name) is { } ending && EndingOf(file) is { } before)
            parts[^1] = file[..^before.Length] + ending;
        return string.Join('/', parts);
    }

    private static bool IsWeb(string address) => address.StartsWith("https://", StringComparison.Ordinal) || address.StartsWith("http://", StringComparison.Ordinal);

    private static string? EndingOf(string name) => NamePattern.Archive().Match(name) is { Success: true, Value: var ending } ? ending : null;
}
