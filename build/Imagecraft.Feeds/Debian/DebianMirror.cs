// Brings verified indexes of suites from the configured mirrors. Unaware of what is wanted of them.

using System.Collections.Concurrent;
using System.Collections.Immutable;
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

    private readonly ConcurrentDictionary<string, Task<ReleaseFile>> releases = new(StringComparer.Ordinal);

    /// <summary>The verified release of a feed's suite.</summary>
    /// <exception cref="FeedException">No mirror gave it, its signature is wrong, or it is expired.</exception>
    public Task<ReleaseFile> ReleaseAsync(FeedSpec feed, CancellationToken cancellationToken) =>
        releases.GetOrAdd($"{feed.Name} {feed.Suite}", _ => FetchReleaseAsync(feed, cancellationToken));

    /// <summary>All packages of the feeds for the architectures.</summary>
    /// <exception cref="FeedException">A feed cannot be read, or has no such architecture.</exception>
    public async Task<DebianIndex> IndexAsync(IReadOnlyList<FeedSpec> feeds, IReadOnlyList<string> architectures, CancellationToken cancellationToken)
    {
        var wanted = feeds.SelectMany(f => f.Components.SelectMany(c => architectures.Select(a => (Feed: f, Path: $"{c}/binary-{a}/Packages")))).ToList();
        var paths = await Task.WhenAll(wanted.Select(w => IndexFileAsync(w.Feed, w.Path, cancellationToken)));
        var index = new DebianIndex();
        for (var i = 0; i < paths.Length; i++)
        {
            using var reader = OpenText(paths[i]);
            index.Add(reader, wanted[i].Feed.Name);
        }
        return index;
    }

    /// <summary>Finds a file of a source package through the `Sources` indexes of the feeds, in their order.</summary>
    /// <returns>Its path below the mirror and its SHA-256, or null when no feed has it.</returns>
    public async Task<(string PoolPath, string Sha256)?> FindSourceAsync(IReadOnlyList<FeedSpec> feeds, string source, string file, CancellationToken cancellationToken)
    {
        HashSet<string> fields = new(StringComparer.OrdinalIgnoreCase) { "Package", "Directory", "Checksums-Sha256" };
        foreach (var feed in feeds)
            foreach (var component in feed.Components)
            {
                using var reader = OpenText(await IndexFileAsync(feed, $"{component}/source/Sources", cancellationToken));
                foreach (var paragraph in ControlText.Paragraphs(reader, fields).Where(p => p.GetValueOrDefault("Package") == source))
                    foreach (var line in paragraph.GetValueOrDefault("Checksums-Sha256", "").Split('\n'))
                        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var hash, _, var name] && name == file)
                            return ($"{paragraph["Directory"]}/{file}", hash);
            }
        return null;
    }

    private async Task<ReleaseFile> FetchReleaseAsync(FeedSpec feed, CancellationToken cancellationToken)
    {
        ImmutableArray<(string, byte[])> keys = [.. feed.KeyFiles.Select(path => File.Exists(path)
            ? (Path.GetFileName(path), File.ReadAllBytes(path))
            : throw new FeedException($"Key file `{path}` of feed `{feed.Name}` does not exist", userError: true))];
        var errors = new List<FeedException>();
        foreach (var mirror in registries.DebianMirrors)
        {
            var address = new Uri(mirror, $"dists/{feed.Suite}/InRelease");
            try
            {
                var text = Encoding.UTF8.GetString(await fetcher.BytesAsync(address, cancellationToken));
                var now = clock.GetUtcNow();
                return ReleaseFile.Read(ClearSigned.Verify(text, keys, address.ToString(), now), feed.Suite, address.ToString(), now);
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                errors.Add(e.Message.Contains(address.ToString(), StringComparison.Ordinal) ? e : new FeedException(e.Cause, $"{address}: {e.Message}", e));
            }
        }
        var cause = FeedCauses.Together([.. errors.Select(e => e.Cause)]);
        if (errors.Count == 1) throw new FeedException(cause, $"Feed `{feed.Name}` cannot be used: {errors[0].Message}", errors[0]);
        throw new FeedException(cause, $"Feed `{feed.Name}` cannot be used from any of {errors.Count} mirrors:\n{string.Join('\n', errors.Select(e => "  " + e.Message))}");
    }

    // A mirror in the middle of an update serves a new release with old indexes. The suite's other name (`stable` of `trixie`) often still has both of one state.
    private async Task<string> IndexFileAsync(FeedSpec feed, string path, CancellationToken cancellationToken)
    {
        var release = await ReleaseAsync(feed, cancellationToken);
        try
        {
            return await IndexFileAsync(feed, release, path, cancellationToken);
        }
        catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
        {
            if (await UnderOtherNameAsync(feed, release, path, cancellationToken) is { } found)
                return found;
            throw;
        }
    }

    private async Task<string?> UnderOtherNameAsync(FeedSpec feed, ReleaseFile release, string path, CancellationToken cancellationToken)
    {
        var other = feed with { Suite = feed.Suite == release.Codename ? release.Suite : release.Codename };
        try
        {
            return await ReleaseAsync(other, cancellationToken) is { } same && same.Codename == release.Codename ? await IndexFileAsync(other, same, path, cancellationToken) : null;
        }
        catch (FeedException)
        {
            // What was told of the first name is the better story.
            return null;
        }
    }

    private async Task<string> IndexFileAsync(FeedSpec feed, ReleaseFile release, string path, CancellationToken cancellationToken)
    {
        var file = Compressions.Select(c => release.Files.GetValueOrDefault(path + c)).FirstOrDefault(f => f is not null)
            ?? throw new FeedException($"Feed `{feed.Name}` has no index `{path}`; its component or architecture is misspelled, or the suite lacks it", userError: true);
        Directory.CreateDirectory(cacheFolder);
        var local = Path.Combine(cacheFolder, file.Sha256);
        if (File.Exists(local) && new FileInfo(local).Length == file.Size) return local;
        var folder = path[..path.LastIndexOf('/')];
        var places = new List<string>();
        foreach (var mirror in registries.DebianMirrors)
        {
            if (release.ByHash) places.Add(new Uri(mirror, $"dists/{feed.Suite}/{folder}/by-hash/SHA256/{file.Sha256}").ToString());
            places.Add(new Uri(mirror, $"dists/{feed.Suite}/{file.Path}").ToString());
        }
        // Builds may run side by side on one cache: each downloads to a name of its own.
        var own = $"{local}.{Environment.ProcessId}";
        await fetcher.FetchAsync(file.Sha256, file.Path, places, own, null, cancellationToken);
        File.Move(own, local, overwrite: true);
        return local;
    }

    private StreamReader OpenText(string path) =>
        new(new PumpedStream(Decompression.Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024), liblzma)), Encoding.UTF8, false, 64 * 1024);
}
