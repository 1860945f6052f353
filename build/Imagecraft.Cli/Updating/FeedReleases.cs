// Upstream's versions among the source packages of the feeds. Unaware of recipes.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Cli.Updating;

/// <summary>A source package of a feed.</summary>
/// <param name="Feed">Name of the feed.</param>
/// <param name="Upstream">Upstream's version, as the package spells it.</param>
/// <param name="Archive">Its archive.</param>
public sealed record FeedRelease(string Feed, string Upstream, DebianSourceFile Archive);

/// <summary>What the feeds answer.</summary>
/// <param name="Releases">The versions of a source package.</param>
/// <param name="Unread">Feeds that could not be read, and may have more.</param>
public sealed record FeedAnswer(ImmutableArray<FeedRelease> Releases, ImmutableArray<string> Unread);

/// <summary>What the feeds have of source packages. Each index is read once, when it is first asked for.</summary>
/// <param name="mirror">Brings indexes.</param>
/// <param name="feeds">The feeds.</param>
/// <param name="names">All source packages that anybody may ask for.</param>
/// <param name="cancellationToken">Ends the downloads.</param>
public sealed partial class FeedReleases(DebianMirror mirror, ImmutableArray<FeedSpec> feeds, ImmutableHashSet<string> names, CancellationToken cancellationToken)
{
    private readonly Lazy<Task<(ImmutableArray<DebianSource> Sources, ImmutableArray<(string Feed, FeedException Problem)> Failures)>> _read = new(() => ReadAsync(mirror, feeds, names, cancellationToken));

    /// <summary>The versions of a source package.</summary>
    /// <exception cref="FeedException">No feed could be read.</exception>
    public async Task<FeedAnswer> OfAsync(string source)
    {
        var (sources, failures) = await _read.Value.ConfigureAwait(false);
        if (failures.Length == feeds.Length && !failures.IsEmpty)
            throw failures[0].Problem;
        return new([.. sources.Where(one => one.Name == source && one.Archive is not null).Select(one => new FeedRelease(one.Feed, UpstreamOf(one.Version), one.Archive!))], [.. failures.Select(failure => failure.Feed)]);
    }

    /// <summary>Upstream's part of a version of Debian's: without epoch and revision, and without what tells that files were taken out.</summary>
    /// <remarks>Source: Debian Policy, section 5.6.12; Developer's Reference, section 6.7.8.2 (<c>+dfsg</c>, <c>+ds</c>); <c>+really</c> stands before a version that is older than the one in front of it.</remarks>
    public static string UpstreamOf(string version)
    {
        var text = DebianVersion.WithoutEpoch(version);
        text = text.LastIndexOf('-') is >= 0 and var revision ? text[..revision] : text;
        text = text.LastIndexOf("really", StringComparison.Ordinal) is >= 0 and var really ? text[(really + "really".Length)..] : text;
        return Repacked().Replace(text, "");
    }

    private static async Task<(ImmutableArray<DebianSource> Sources, ImmutableArray<(string Feed, FeedException Problem)> Failures)> ReadAsync(DebianMirror mirror, ImmutableArray<FeedSpec> feeds, ImmutableHashSet<string> names, CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(feeds.Select(feed => OfFeedAsync(mirror, feed, names, cancellationToken))).ConfigureAwait(false);
        return ([.. read.SelectMany(one => one.Sources)], [.. feeds.Zip(read).Where(one => one.Second.Failure is not null).Select(one => (one.First.Name, one.Second.Failure!))]);
    }

    // Of several feeds, one that cannot be read hides nothing of the others.
    private static async Task<(ImmutableArray<DebianSource> Sources, FeedException? Failure)> OfFeedAsync(DebianMirror mirror, FeedSpec feed, ImmutableHashSet<string> names, CancellationToken cancellationToken)
    {
        try
        {
            return (await mirror.SourcesAsync(feed, names, cancellationToken).ConfigureAwait(false), null);
        }
        catch (FeedException problem) when (problem.Cause != FeedCause.DiskFull)
        {
            return ([], problem);
        }
    }

    [GeneratedRegex(@"([+.~-](dfsg|ds|repack(ed)?|debian|deb)[0-9.]*)+\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Repacked();
}
