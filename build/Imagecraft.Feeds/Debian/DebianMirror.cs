// Brings verified indexes of suites from the configured mirrors. Unaware of what is wanted of them.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Debian;

/// <summary>Downloads `InRelease` and the indexes it names; each is fetched once per instance, indexes once per cache folder.</summary>
/// <param name="fetcher">Downloads.</param>
/// <param name="registries">Mirrors.</param>
/// <param name="cacheFolder">Keeps index files by hash.</param>
/// <param name="clock">The present, for expired suites and keys.</param>
/// <param name="liblzma">Native decoder, or null for the host's.</param>
public sealed class DebianMirror(Fetcher fetcher, Registries registries, string cacheFolder, TimeProvider clock, string? liblzma = null)
{
    private static readonly string[] Compressions = [".xz", ".gz", ""];

    private readonly Releases releases = new(fetcher, registries, clock);

    /// <summary>All packages of the feeds for the architectures. Feeds of updates that cannot be had are left out with a warning.</summary>
    /// <param name="feeds">The feeds.</param>
    /// <param name="architectures">Debian architectures.</param>
    /// <param name="memory">What is known of feeds from before; those that are not in it are new.</param>
    /// <param name="cancellationToken">Ends the downloads.</param>
    /// <exception cref="FeedException">A feed cannot be read, is older than it was, or has no such architecture.</exception>
    public async Task<FeedIndexes> IndexAsync(IReadOnlyList<FeedSpec> feeds, IReadOnlyList<string> architectures, IReadOnlyDictionary<string, FeedMemory> memory, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(feeds.Select(f => FilesAsync(f, architectures, memory.GetValueOrDefault(f.Name), cancellationToken)));
        var index = new DebianIndex();
        var dates = ImmutableSortedDictionary.CreateBuilder<string, DateTimeOffset>(StringComparer.Ordinal);
        var warnings = new List<string>();
        for (var i = 0; i < feeds.Count; i++)
        {
            foreach (var (path, _) in found[i].Files)
            {
                using var reader = OpenText(path);
                index.Add(reader, feeds[i].Name);
            }
            if (found[i].Files.Length > 0) dates[feeds[i].Name] = found[i].Files.Min(f => f.Date);
            warnings.AddRange(found[i].Warnings);
        }
        return new FeedIndexes(index, dates.ToImmutable(), [.. warnings]);
    }

    /// <summary>The verified text of one index.</summary>
    internal async Task<TextReader> OpenAsync(FeedSpec feed, string path, CancellationToken cancellationToken) =>
        OpenText((await IndexFileAsync(feed, path, new FeedMemory(null), cancellationToken)).Path);

    /// <summary>Source packages of a feed, in the order of its `Sources` indexes; of one name there may be several versions.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="names">Names of source packages.</param>
    /// <param name="cancellationToken">Ends the downloads.</param>
    /// <exception cref="FeedException">The feed cannot be read.</exception>
    public async Task<ImmutableArray<DebianSource>> SourcesAsync(FeedSpec feed, IReadOnlySet<string> names, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<DebianSource>();
        foreach (var component in feed.Components)
        {
            using var reader = OpenText((await IndexFileAsync(feed, $"{component}/source/Sources", new FeedMemory(null), cancellationToken)).Path);
            found.AddRange(ControlText.Paragraphs(reader, DebianSource.Fields).Where(p => names.Contains(p.GetValueOrDefault("Package", ""))).Select(p => DebianSource.From(p, feed.Name)));
        }
        return found.ToImmutable();
    }

    // Updates are left out where they cannot be had: a mirror may lag for some architectures only.
    private async Task<(ImmutableArray<(string Path, DateTimeOffset Date)> Files, ImmutableArray<string> Warnings)> FilesAsync(FeedSpec feed, IReadOnlyList<string> architectures, FeedMemory? memory, CancellationToken cancellationToken)
    {
        // A flat repository has one index of all architectures.
        var tried = await Task.WhenAll(feed.IsFlat ? [TryAsync("Packages", architectures[0])] : architectures.SelectMany(a => feed.Components.Select(c => TryAsync($"{c}/binary-{a}/Packages", a))));
        var missing = tried.Where(t => t.Problem is not null).GroupBy(t => t.Problem!, t => t.Architecture)
            .Select(g => $"Feed `{feed.Name}`, which updates `{feed.Updates}`, is left out for [{string.Join(", ", g.Distinct())}]: {g.Key}");
        return ([.. tried.Where(t => t.Problem is null).Select(t => t.File)], [.. missing, .. releases.WarningOf(feed) is { } warning ? new[] { warning } : []]);

        async Task<(string Architecture, (string Path, DateTimeOffset Date) File, string? Problem)> TryAsync(string path, string architecture)
        {
            try
            {
                return (architecture, await IndexFileAsync(feed, path, memory, cancellationToken), null);
            }
            catch (FeedException e) when (feed.Updates is not null && e.Cause is not (FeedCause.DiskFull or FeedCause.Offline))
            {
                return (architecture, default, e.Message);
            }
        }
    }

    // A mirror in the middle of an update serves a new release with old indexes. The suite's other name (`stable` of `trixie`) often still has both of one state.
    private async Task<(string Path, DateTimeOffset Date)> IndexFileAsync(FeedSpec feed, string path, FeedMemory? memory, CancellationToken cancellationToken)
    {
        var release = await releases.OfAsync(feed, memory, cancellationToken);
        try
        {
            return await IndexFileAsync(feed, release, path, cancellationToken);
        }
        catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
        {
            if (await UnderOtherNameAsync(feed, release, path, memory, cancellationToken) is { } found)
                return found;
            throw;
        }
    }

    private async Task<(string Path, DateTimeOffset Date)?> UnderOtherNameAsync(FeedSpec feed, ReleaseFile release, string path, FeedMemory? memory, CancellationToken cancellationToken)
    {
        if (feed.Home is not null) return null;
        var other = feed with { Suite = feed.Suite == release.Codename ? release.Suite : release.Codename };
        try
        {
            return await releases.OfAsync(other, memory, cancellationToken) is { } same && same.Codename == release.Codename ? await IndexFileAsync(other, same, path, cancellationToken) : null;
        }
        catch (FeedException)
        {
            // What was told of the first name is the better story.
            return null;
        }
    }

    private async Task<(string Path, DateTimeOffset Date)> IndexFileAsync(FeedSpec feed, ReleaseFile release, string path, CancellationToken cancellationToken)
    {
        var file = Compressions.Select(c => release.Files.GetValueOrDefault(path + c)).FirstOrDefault(f => f is not null)
            ?? throw new FeedException($"Feed `{feed.Name}` has no index `{path}`; its component or architecture is misspelled, or the suite lacks it", userError: true);
        Directory.CreateDirectory(cacheFolder);
        var local = Path.Combine(cacheFolder, file.Sha256);
        if (await IsWholeAsync(local, file, cancellationToken)) return (local, release.Date);
        var folder = path[..(path.LastIndexOf('/') + 1)];
        var places = new List<string>();
        foreach (var mirror in registries.MirrorsOf(feed))
        {
            if (release.ByHash) places.Add(new Uri(mirror, $"{feed.Folder}{folder}by-hash/SHA256/{file.Sha256}").ToString());
            places.Add(new Uri(mirror, feed.Folder + file.Path).ToString());
        }
        // Builds may run side by side on one cache: each downloads to a name of its own.
        var own = $"{local}.{Environment.ProcessId}";
        await fetcher.FetchAsync(new ContentPin.Sha256(file.Sha256), file.Size, file.Path, places, own, null, cancellationToken);
        File.Move(own, local, overwrite: true);
        return (local, release.Date);
    }

    // What lies in the cache may be damaged, or of somebody else.
    private static async Task<bool> IsWholeAsync(string path, IndexFile file, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != file.Size) return false;
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, useAsync: false);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == file.Sha256;
    }

    private StreamReader OpenText(string path) =>
        new(new PumpedStream(Decompression.Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024), liblzma)), Encoding.UTF8, false, 64 * 1024);
}
