// Brings files of known content from the first place that has them. Unaware of the engine and of the lock.

using System.Globalization;
using System.Security.Cryptography;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Downloads by schemes `https:`, `http:`, `file:`, `debian:`, `npm:` and `nuget:`, and commits by `git:`; may be used from several threads.</summary>
public sealed partial class Fetcher : IDisposable
{
    private readonly HttpDownload http;
    private readonly FetcherOptions options;
    private readonly Dictionary<string, IScheme> schemes;

    /// <summary>Registries are asked for their addresses when a place first needs one.</summary>
    public Fetcher(Registries registries, FetcherOptions options)
    {
        this.options = options;
        http = new HttpDownload(options);
        schemes = new(StringComparer.Ordinal)
        {
            ["https"] = new HttpScheme(http),
            ["http"] = new HttpScheme(http),
            ["file"] = new FileScheme(),
            ["debian"] = new DebianScheme(http, registries),
            ["npm"] = new NpmScheme(http, registries, options),
            ["nuget"] = new NugetScheme(http, registries, options),
        };
    }

    /// <summary>A file whose size nobody knows; see the other form.</summary>
    public Task FetchAsync(
        string sha256, string fileName, IReadOnlyList<string> places, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) =>
        FetchAsync(sha256, null, fileName, places, destination, progress, cancellationToken);

    /// <summary>Tries the places in order, checks the hash and leaves the file at <paramref name="destination"/>.</summary>
    /// <param name="sha256">Expected hash, 64 hexadecimal characters.</param>
    /// <param name="size">Its bytes as they are pinned: no place may send more; null when nobody knows.</param>
    /// <param name="fileName">Name of the file for messages.</param>
    /// <param name="places">Addresses with their schemes.</param>
    /// <param name="destination">Path to write; what an earlier, broken-off call left beside it is continued.</param>
    /// <param name="progress">Bytes received so far and the total when known.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="FeedException">No place gave it: each with its error, and the cause that they share. A full disk ends the search at once.</exception>
    public async Task FetchAsync(
        string sha256, long? size, string fileName, IReadOnlyList<string> places, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        if (places.Count == 0) throw new FeedException($"`{fileName}` has no place to be fetched from; add a `url`", userError: true);
        var partial = destination + ".partial";
        var failures = new List<(string Place, FeedException Why)>();
        var bound = size is { } bytes ? SizeBound.Exactly(bytes, "what pins it") : SizeBound.AtMost(options.LargestFile, "a file");
        foreach (var place in places)
        {
            try
            {
                await TryPlaceAsync(place, sha256, partial, () => new Transfer(bound, progress), cancellationToken);
                File.Move(partial, destination, overwrite: true);
                return;
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                failures.Add((place, e));
            }
            catch (Exception e) when (DiskRoom.IsExhausted(e))
            {
                throw DiskRoom.Full(partial, null, e);
            }
        }
        throw NoneGave(fileName, failures);
    }

    private static FeedException NoneGave(string fileName, List<(string Place, FeedException Why)> failures)
    {
        var cause = FeedCauses.Together([.. failures.Select(f => f.Why.Cause)]);
        var list = failures.Select((f, index) => string.Create(CultureInfo.InvariantCulture, $"  {index + 1}. {f.Place}: {f.Why.Message}"));
        return new FeedException(cause, $"`{fileName}` could not be fetched from any of {failures.Count} places:\n{string.Join('\n', list.Append(cause.Consequence().Remedy).OfType<string>())}");
    }

    /// <summary>A small file over HTTP, without a hash: indexes that are verified otherwise. Bounded by <see cref="FetcherOptions.LargestIndex"/>.</summary>
    internal Task<byte[]> BytesAsync(Uri address, CancellationToken cancellationToken) =>
        options.Offline ? throw Offline() : http.BytesAsync(address, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task TryPlaceAsync(string place, string sha256, string partial, Func<Transfer> begin, CancellationToken cancellationToken)
    {
        var colon = place.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !schemes.TryGetValue(place[..colon], out var scheme))
            throw new FeedException($"has no known scheme; known are [{string.Join(", ", schemes.Keys.Order(StringComparer.Ordinal))}]", userError: true);
        if (options.Offline && scheme.NeedsNetwork) throw Offline();
        // A part that came earlier may be of other content than what came later: then the whole file is fetched once more.
        var mixed = File.Exists(partial);
        for (var anew = false; ; anew = true)
        {
            var transfer = begin();
            await scheme.GetAsync(place, partial, transfer, cancellationToken);
            var actual = await HashAsync(partial, cancellationToken);
            if (string.Equals(actual, sha256, StringComparison.OrdinalIgnoreCase)) return;
            File.Delete(partial);
            if (anew || !(mixed || transfer.Continued)) throw OtherContent(place, actual, sha256);
        }
    }

    // Of a package in the pool, the index that is signed for the suite says the hash; of any other file, whoever wrote the recipe does.
    private static FeedException OtherContent(string place, string actual, string expected) => place.StartsWith("debian:pool/", StringComparison.Ordinal)
        ? new(FeedCause.WrongMirror, $"has SHA-256 `{actual}`, but `{expected}` according to the suite's index")
        : new(FeedCause.OtherContent, $"has SHA-256 `{actual}`, expected `{expected}`; either the file changed or the expectation is wrong");

    private static FeedException Offline() => new(FeedCause.Offline, "needs the network, which `--offline` forbids; run `fetch` first");

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0) hash.AppendData(buffer, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
