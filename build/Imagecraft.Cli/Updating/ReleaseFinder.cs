// Asks the places of a recipe for its newest release. Unaware of tables and of what is done with it.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Updating;

/// <summary>The ways to the world outside.</summary>
public sealed record ReleaseSources
{
    /// <summary>The text of a page.</summary>
    public required Func<Uri, CancellationToken, Task<string>> Page { get; init; }

    /// <summary>The versions of a package of a registry.</summary>
    public required Func<string, CancellationToken, Task<ImmutableArray<string>>> Registry { get; init; }

    /// <summary>The tags of a repository, by git.</summary>
    public required Func<string, CancellationToken, Task<ImmutableArray<GitTag>>> GitTags { get; init; }

    /// <summary>The versions of a source package in the feeds.</summary>
    public required Func<string, Task<FeedAnswer>> Feed { get; init; }
}

/// <summary>Finds releases.</summary>
/// <param name="sources">Who is asked.</param>
/// <param name="lookups">How.</param>
public sealed partial class ReleaseFinder(ReleaseSources sources, Lookups lookups)
{
    // Of folders that are named by versions, so many of the newest are looked into: the newest may only have release candidates yet.
    private const int Folders = 3;

    /// <summary>Looks for the newest release of a recipe that counts.</summary>
    /// <param name="search">Where.</param>
    /// <param name="series">Only versions of this series count; null: all.</param>
    public async Task<Finding> FindAsync(ReleaseSearch search, string? series)
    {
        switch (search)
        {
            case ReleaseSearch.LeftOut left:
                return new Finding.LeftOut(left.Group, left.Reason);
            case ReleaseSearch.Impossible impossible:
                return new Finding.Unknown(impossible.Reason);
        }

        var (version, places) = (ReleaseSearch.At)search;
        var failures = new List<string>();
        var isOfNetwork = false;
        foreach (var place in places)
        {
            try
            {
                var (found, remark) = await ReleasesAsync(place, version, series).ConfigureAwait(false);
                if (Newest(found, version, series) is { } newest)
                    return Judged(newest, version, [.. failures, .. remark is null ? [] : new[] { remark }], isOfNetwork);
                failures.Add($"{place.Words}: {NothingOf(found, place, version, series)}");
            }
            catch (FeedException problem)
            {
                isOfNetwork |= problem.Cause is not (FeedCause.Gone or FeedCause.Request);
                failures.Add($"{place.Words}: {InFewWords(problem)}");
            }
            catch (RegexMatchTimeoutException)
            {
                failures.Add($"{place.Words}: `pattern` takes too long on the names there");
            }
        }

        return new Finding.Unknown(string.Join("; ", failures)) { IsOfNetwork = isOfNetwork };
    }

    // That a feed has nothing newer says little of upstream, which was asked first and did not tell.
    private static Finding Judged((ReleaseVersion Version, Release Release) newest, ReleaseVersion version, ImmutableArray<string> remarks, bool isOfNetwork)
    {
        var order = newest.Version.CompareTo(version);
        if (order > 0)
            return new Finding.Newer(newest.Release, remarks.IsEmpty ? null : string.Join("; ", remarks));
        if (!remarks.IsEmpty)
            return new Finding.Unknown(string.Join("; ", [.. remarks, $"{newest.Release.From} has {newest.Version}"])) { IsOfNetwork = isOfNetwork };
        return new Finding.Current(newest.Release, order < 0 ? "behind the recipe" : null);
    }

    private static (ReleaseVersion Version, Release Release)? Newest(IEnumerable<(ReleaseVersion Version, Release Release)> found, ReleaseVersion version, string? series)
    {
        var counting = found.Where(one => Counts(one.Version, version, series)).ToList();
        return counting.Count == 0 ? null : counting.MaxBy(one => one.Version, ReleaseVersion.Order);
    }

    private static bool Counts(ReleaseVersion found, ReleaseVersion version, string? series) =>
        found.Kind == version.Kind && (version.IsPreRelease || !found.IsPreRelease) && (series is null || found.IsOf(series));

    private static string NothingOf(ImmutableArray<(ReleaseVersion Version, Release Release)> found, ReleasePlace place, ReleaseVersion version, string? series) =>
        found.Any(one => one.Version.Kind == version.Kind) ? series is null ? "only release candidates and the like" : $"nothing of series {series}"
        : !found.IsEmpty ? $"cannot be compared: {(version.Kind == VersionKind.Day ? "the recipe's version is a day" : "the versions there are days")}, as in `{found[0].Version}` beside `{version}`"
        : place switch
        {
            ReleasePlace.Page page => $"no link is named like `{page.Files.Words}`",
            ReleasePlace.WebTags or ReleasePlace.GitTags => "no tag is named like a version",
            ReleasePlace.Feed feed => $"no source package `{feed.Source}`, or none whose version can be compared",
            _ => "no version that can be compared",
        };

    // What a table has room for; the whole story is told by whoever fetches.
    private static string InFewWords(FeedException problem) => problem.Cause switch
    {
        FeedCause.Unreachable => "cannot be reached",
        FeedCause.Silent or FeedCause.Slow or FeedCause.BrokenOff => "does not answer in time",
        FeedCause.Gone => "no such page",
        FeedCause.Refused => "refuses to tell",
        FeedCause.Busy => "has a problem of its own",
        FeedCause.Untrusted => "its certificate is not trusted",
        FeedCause.Misdirected => "leads elsewhere",
        FeedCause.TooLarge => "the page is too large",
        FeedCause.Offline => "`--offline` forbids to ask",
        _ when Unresolved().IsMatch(problem.Message) => "cannot be reached",
        _ => problem.Message.Split('\n')[0],
    };

    // git and ssh tell causes in words alone.
    [GeneratedRegex("Could not resolve host|Failed to connect|Connection (refused|timed out|reset)|Network is unreachable|No route to host|Temporary failure in name resolution|Name or service not known", RegexOptions.CultureInvariant)]
    private static partial Regex Unresolved();

    // What a place has, and what is to be known beside it.
    private async Task<(ImmutableArray<(ReleaseVersion Version, Release Release)> Found, string? Remark)> ReleasesAsync(ReleasePlace place, ReleaseVersion version, string? series)
    {
        switch (place)
        {
            case ReleasePlace.Page page:
                return ([.. (await FilesAsync(page.Start, page.Folders.AsMemory(), page.Files, version, series).ConfigureAwait(false)).Select(found => (found.Version, new Release(found.Version.Text, place.Words) { File = found.Name, Address = page.Folders.IsEmpty ? null : Below(found.Folder!, found.Name) }))], null);
            case ReleasePlace.WebTags web:
                var address = GitTag.AdvertisementOf(web.Repository);
                return (OfTags(GitTag.OfAdvertisement(await PageAsync(address).ConfigureAwait(false)), web.Tags, version, place.Words), null);
            case ReleasePlace.GitTags git:
                return (OfTags(await lookups.AskAsync(git.Words, git.Address, cancellation => sources.GitTags(git.Address, cancellation)).ConfigureAwait(false), git.Tags, version, place.Words), null);
            case ReleasePlace.Registry registry:
                var versions = await lookups.AskAsync(registry.Words, registry.Package, cancellation => sources.Registry(registry.Package, cancellation)).ConfigureAwait(false);
                return ([.. versions.Select(text => ReleaseVersion.TryParse(text, out var found) ? found : null).OfType<ReleaseVersion>().Select(found => (found, new Release(found.Text, place.Words)))], null);
            case ReleasePlace.Feed feed:
                var answer = await sources.Feed(feed.Source).ConfigureAwait(false);
                return ([.. answer.Releases.Select(one => (Text: feed.Spelling?.Read(one.Upstream) ?? one.Upstream, one.Feed, one.Archive))
                    .Select(one => ReleaseVersion.TryParse(one.Text, out var found) ? (found, new Release(one.Text, $"feed {one.Feed}") { Archive = one.Archive }) : ((ReleaseVersion, Release)?)null).OfType<(ReleaseVersion, Release)>()],
                    answer.Unread.IsEmpty ? null : $"feeds that could not be read: [{string.Join(", ", answer.Unread)}]");
            default:
                throw new InvalidOperationException($"Nobody asks {place.GetType().Name}");
        }
    }

    private static ImmutableArray<(ReleaseVersion Version, Release Release)> OfTags(ImmutableArray<GitTag> tags, NamePattern? pattern, ReleaseVersion version, string from)
    {
        var commits = tags.ToImmutableDictionary(tag => tag.Name, tag => tag.Commit, StringComparer.Ordinal);
        return [.. (pattern ?? NamePattern.OfTags(commits.Keys, version.Text)).In(commits.Keys).Select(found => (found.Version, new Release(found.Version.Text, from) { Commit = commits[found.Name] }))];
    }

    private Task<string> PageAsync(Uri address) => lookups.AskAsync(address.Authority, address.AbsoluteUri, cancellation => sources.Page(address, cancellation));

    private async Task<ImmutableArray<FoundVersion>> FilesAsync(Uri folder, ReadOnlyMemory<FolderName> below, NamePattern files, ReleaseVersion version, string? series)
    {
        if (below.IsEmpty)
            return [.. files.In(LinkListing.Names(await PageAsync(folder).ConfigureAwait(false))).Select(found => found with { Folder = folder })];
        var next = below.Span[0];
        if (next.Pattern is not { } pattern)
            return await FilesAsync(Below(folder, next.Text + "/"), below[1..], files, version, series).ConfigureAwait(false);
        var names = LinkListing.Names(await PageAsync(folder).ConfigureAwait(false)).Select(name => name.TrimEnd('/'));
        var folders = pattern.In(names).Where(found => found.Version.Kind == VersionKind.Numbers && !found.Version.IsPreRelease && (series is null || found.Version.MayHold(series)))
            .OrderByDescending(found => found.Version, ReleaseVersion.Order).Take(Folders);
        var all = ImmutableArray.CreateBuilder<FoundVersion>();
        foreach (var found in folders)
        {
            all.AddRange(await FilesAsync(Below(folder, found.Name + "/"), below[1..], files, version, series).ConfigureAwait(false));
            if (all.Any(one => Counts(one.Version, version, series)))
                break;
        }

        return all.ToImmutable();
    }

    private static Uri Below(Uri folder, string name) => new(folder, name.EndsWith('/') ? Uri.EscapeDataString(name[..^1]) + "/" : Uri.EscapeDataString(name));
}
