// Brings files of known content from the first place that has them. Unaware of the engine and of the lock.

using System.Globalization;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Downloads by schemes `https:`, `http:`, `file:`, `debian:`, `feed:`, `npm:`, `nuget:`, `cargo:` and `go:`, and commits by `git:`; may be used from several threads.</summary>
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
            ["feed"] = new FeedScheme(http, registries),
            ["npm"] = new NpmScheme(http, registries, options),
            ["cargo"] = new CargoScheme(http, registries),
            ["go"] = new GoScheme(http, registries),
            ["nuget"] = new NugetScheme(http, registries, options),
        };
    }

    /// <summary>A file whose size nobody knows; see the other form.</summary>
    public Task FetchAsync(
        string sha256, string fileName, IReadOnlyList<string> places, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) =>
        FetchAsync(new ContentPin.Sha256(sha256), null, fileName, places, destination, progress, cancellationToken);

    /// <summary>Tries the places in order, checks the hash and leaves the file at <paramref name="destination"/>.</summary>
    /// <param name="pin">Expected hash.</param>
    /// <param name="size">Its bytes as they are pinned: no place may send more; null when nobody knows.</param>
    /// <param name="fileName">Name of the file for messages.</param>
    /// <param name="places">Addresses with their schemes.</param>
    /// <param name="destination">Path to write; what an earlier, broken-off call left beside it is continued.</param>
    /// <param name="progress">Bytes received so far and the total when known.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="FeedException">No place gave it: each with its error, and the cause that they share. A full disk ends the search at once.</exception>
    public async Task FetchAsync(
        ContentPin pin, long? size, string fileName, IReadOnlyList<string> places, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        if (places.Count == 0) throw new FeedException($"`{fileName}` has no place to be fetched from; add a `url`", userError: true);
        var partial = destination + ".partial";
        var failures = new List<(string Place, FeedException Why)>();
        var bound = size is { } bytes ? SizeBound.Exactly(bytes, "what pins it") : SizeBound.AtMost(options.LargestFile, "a file");
        foreach (var place in places)
        {
            try
            {
                await TryPlaceAsync(place, pin, partial, () => new Transfer(bound, progress), cancellationToken);
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

    /// <summary>A small file over HTTP, or of this machine, without a hash: indexes that are verified otherwise. Bounded by <see cref="FetcherOptions.LargestIndex"/>.</summary>
    internal Task<byte[]> BytesAsync(Uri address, CancellationToken cancellationToken) =>
        address.IsFile ? FileScheme.BytesAsync(address.LocalPath, options.LargestIndex, cancellationToken)
        : options.Offline ? throw Offline()
        : http.BytesAsync(address, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task TryPlaceAsync(string place, ContentPin pin, string partial, Func<Transfer> begin, CancellationToken cancellationToken)
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
            var actual = await pin.OfAsync(partial, cancellationToken);
            if (actual == pin.Expected) return;
            File.Delete(partial);
            if (anew || !(mixed || transfer.Continued)) throw OtherContent(place, actual, pin);
        }
    }

    // Of a package in the pool, the index that is signed for the suite says the hash; of any other file, whoever wrote the recipe does.
    private static FeedException OtherContent(string place, string actual, ContentPin pin) => place.StartsWith("debian:pool/", StringComparison.Ordinal) || place.StartsWith("feed:", StringComparison.Ordinal)
        ? new(FeedCause.WrongMirror, $"has SHA-256 `{actual}`, but `{pin.Expected}` according to the suite's index")
        : new(FeedCause.OtherContent, $"has {pin.Noun} `{actual}`, expected `{pin.Expected}`; either the file changed or the expectation is wrong");

    private static FeedException Offline() => new(FeedCause.Offline, "needs the network, which `--offline` forbids; run `fetch` first");
}
