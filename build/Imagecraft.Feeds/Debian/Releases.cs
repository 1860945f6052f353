// Brings verified releases of suites from the configured mirrors, and judges their age. Unaware of indexes.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Debian;

/// <summary>Downloads <c>InRelease</c>, or of a repository of one's own that has none <c>Release</c> with <c>Release.gpg</c>; each once per instance.</summary>
/// <param name="fetcher">Downloads.</param>
/// <param name="registries">Mirrors.</param>
/// <param name="clock">The present, for suites and keys that have expired.</param>
internal sealed class Releases(Fetcher fetcher, Registries registries, TimeProvider clock)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ConcurrentDictionary<string, Task<ReleaseFile>> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> warnings = new(StringComparer.Ordinal);

    /// <summary>What the user should know of the feed's release.</summary>
    public string? WarningOf(FeedSpec feed) => warnings.GetValueOrDefault(feed.Name);

    /// <summary>The verified release of a feed's suite.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="memory">What is known of it from before; null when nothing is.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="FeedException">No mirror gave it, no signature is good, it is expired and never was used, or older than what was used.</exception>
    public Task<ReleaseFile> OfAsync(FeedSpec feed, FeedMemory? memory, CancellationToken cancellationToken) =>
        known.GetOrAdd($"{feed.Name} {feed.Suite}", _ => FetchAsync(feed, memory, cancellationToken));

    private async Task<ReleaseFile> FetchAsync(FeedSpec feed, FeedMemory? memory, CancellationToken cancellationToken)
    {
        ImmutableArray<(string, byte[])> keys = [.. feed.KeyFiles.Select(path => File.Exists(path)
            ? (Path.GetFileName(path), File.ReadAllBytes(path))
            : throw new FeedException($"Key file `{path}` of feed `{feed.Name}` does not exist", userError: true))];
        var errors = new List<FeedException>();
        var expired = new List<(ReleaseFile Release, string Place)>();
        foreach (var mirror in registries.MirrorsOf(feed))
        {
            var address = new Uri(mirror, feed.Folder + "InRelease").ToString();
            try
            {
                var release = await ReadAsync(feed, keys, mirror, cancellationToken);
                if (memory?.Newest is { } newest && release.Date < newest) throw Replayed(feed, release, newest, address);
                if (release.ValidUntil is not { } end || end >= clock.GetUtcNow()) return release;
                // Another mirror may have a newer one.
                if (feed.Archived || memory is not null) expired.Add((release, address));
                else throw new FeedException($"`{address}` was valid until {end:u} and is expired; the mirror is stale, take another one with `{feed.MirrorVariable}` or another suite, or say `archived: true` in the feed when the suite gets no updates any more", userError: false);
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                errors.Add(e.Message.Contains(address, StringComparison.Ordinal) ? e : new FeedException(e.Cause, $"{address}: {e.Message}", e));
            }
        }
        if (expired.Count > 0)
        {
            var (best, place) = expired.MaxBy(e => e.Release.Date);
            if (!feed.Archived) warnings[feed.Name] = $"`{place}` was valid until {best.ValidUntil:u}: the suite is archived, which `archived: true` in the feed says, or the mirror is stale and what it has lacks fixes";
            return best;
        }
        var cause = FeedCauses.Together([.. errors.Select(e => e.Cause)]);
        if (errors.Count == 1) throw new FeedException(cause, $"Feed `{feed.Name}` cannot be used: {errors[0].Message}", errors[0]);
        throw new FeedException(cause, $"Feed `{feed.Name}` cannot be used from any of {errors.Count} mirrors:\n{string.Join('\n', errors.Select(e => "  " + e.Message))}");
    }

    private async Task<ReleaseFile> ReadAsync(FeedSpec feed, ImmutableArray<(string, byte[])> keys, Uri mirror, CancellationToken cancellationToken)
    {
        var address = new Uri(mirror, feed.Folder + "InRelease");
        byte[] message;
        try
        {
            message = await fetcher.BytesAsync(address, cancellationToken);
        }
        catch (FeedException e) when (e.Cause == FeedCause.Gone && feed.Home is not null)
        {
            return await ReadDetachedAsync(feed, keys, mirror, cancellationToken);
        }
        return ReleaseFile.Read(ClearSigned.Verify(Text(message, address), keys, address.ToString(), clock.GetUtcNow()), feed, address.ToString());
    }

    // Older programs that make repositories write the signature beside the release.
    private async Task<ReleaseFile> ReadDetachedAsync(FeedSpec feed, ImmutableArray<(string, byte[])> keys, Uri mirror, CancellationToken cancellationToken)
    {
        var address = new Uri(mirror, feed.Folder + "Release");
        byte[] signature;
        try
        {
            signature = await fetcher.BytesAsync(new Uri(mirror, feed.Folder + "Release.gpg"), cancellationToken);
        }
        catch (FeedException e) when (e.Cause == FeedCause.Gone)
        {
            throw new FeedException(FeedCause.Gone, "is not there, and neither is `Release.gpg`, so nothing says whose the repository is; see whether address and suite are right", e);
        }
        var content = await fetcher.BytesAsync(address, cancellationToken);
        Signatures.RequireDetached(signature, content, keys, address.ToString(), clock.GetUtcNow());
        return ReleaseFile.Read(Text(content, address), feed, address.ToString());
    }

    private static string Text(byte[] bytes, Uri place)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (ArgumentException e)
        {
            throw new FeedException($"`{place}` is not UTF-8 text; the mirror answered with something else", userError: false, e);
        }
    }

    private static FeedException Replayed(FeedSpec feed, ReleaseFile release, DateTimeOffset newest, string place) => new(
        $"`{place}` is of {release.Date:u}, but `imagecraft.lock` was made with one of {newest:u}: the mirror is stale, or somebody repeats an old state; take another mirror with `{feed.MirrorVariable}`, or, to go back indeed, remove the line `suite {feed.Name}` from the lock",
        userError: false);
}
