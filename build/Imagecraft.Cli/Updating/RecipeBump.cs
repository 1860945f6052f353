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
    /// <summary>The sources that are of the recipe's version: those with it in an address, and git's.</summary>
    public static ImmutableArray<int> Versioned(Recipe recipe) =>
        [.. Enumerable.Range(0, recipe.Sources.Length).Where(index => recipe.Sources[index] is var source && (source.Commit is not null || ReleaseSearch.Addresses(source).Any(address => VersionSpelling.Find(address, recipe.Version) is not null)))];

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

    /// <summary>The feed's archive under the name that it has there, which may say otherwise than upstream's what was left out of it.</summary>
    /// <param name="source">A source of the recipe with its new version.</param>
    /// <param name="release">A release of the feed.</param>
    public static IEnumerable<TextChange> OfArchive(SourceSpec source, Release release) =>
        release.Archive is not { } archive || source.Mirrors.Prepend(source.Url).FirstOrDefault(place => ReleaseSearch.FeedSource(place.Value) is not null) is not { } place || SourceSpec.FileNameOf(place.Value) == archive.Name ? []
            : [new(place.Span, _ => $"{place.Value[..^SourceSpec.FileNameOf(place.Value).Length]}{archive.Name}")];

    /// <summary>The texts of documents with changes in them, by name.</summary>
    /// <param name="read">The text of a document.</param>
    /// <param name="changes">What is changed; the last of a document's first, so that places stay where they are.</param>
    /// <exception cref="ProblemException">A text is not written so that a program may change it.</exception>
    public static ImmutableSortedDictionary<string, string> Apply(Func<string, string> read, IEnumerable<TextChange> changes) =>
        changes.GroupBy(change => change.Place.File).ToImmutableSortedDictionary(document => document.Key, document => document.DistinctBy(change => change.Place).OrderByDescending(change => change.Place.Line).ThenByDescending(change => change.Place.Column)
            .Aggregate(read(document.Key), (text, change) => YamlEdit.ChangeAt(text, change.Place, change.Change) ?? throw ProblemException.User($"{change.Place}: this is not written so that a program may change it", "Write it on one line, without escapes")), StringComparer.Ordinal);

    /// <summary>Where a version still stands in a document, for people to look at: in checks, comments, names.</summary>
    public static IEnumerable<string> Leftovers(string document, string text, string version) =>
        text.Split('\n').Select((line, index) => (line, index)).Where(at => VersionSpelling.Find(at.line, version) is not null)
            .Select(at => string.Create(CultureInfo.InvariantCulture, $"`{version}` still stands in {document}:{at.index + 1}"));

    // Folders may have the first numbers alone; archives may be of another kind than before.
    private static string OfAddress(string written, string version, Release release)
    {
        var changed = VersionSpelling.Replace(written, version, release.Version);
        var numbers = version.Split(VersionSpelling.Separators);
        for (var count = numbers.Length - 1; count > 0; count--)
        {
            var (old, now) = (string.Join('.', numbers.Take(count)), string.Join('.', release.Version.Split(VersionSpelling.Separators).Take(count)));
            changed = string.Join('/', changed.Split('/').Select(part => ReleaseSearch.IsFolderOf(part, old, count) ? VersionSpelling.Replace(part, old, now) : part));
        }

        return release.File is { } file && EndingOf(file) is { } ending && !written.StartsWith("debian:", StringComparison.Ordinal) && EndingOf(changed) is { } before && before != ending ? changed[..^before.Length] + ending : changed;
    }

    private static string? EndingOf(string name) => NamePattern.Archive().Match(name) is { Success: true, Value: var ending } ? ending : null;
}
