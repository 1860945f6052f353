// The contract of one kind of place. Unaware of hashes and of the order of places.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Brings the file that an address of one scheme names.</summary>
internal interface IScheme
{
    /// <summary>Whether places of this scheme are out of reach when offline.</summary>
    bool NeedsNetwork { get; }

    /// <summary>Writes the file to <paramref name="path"/>; a part that is there may be continued.</summary>
    /// <exception cref="FeedException">It could not; the message reads well after the place and a colon.</exception>
    Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken);
}

/// <summary>A scheme whose registry tells the versions of its packages.</summary>
internal interface IVersionedScheme : IScheme
{
    /// <summary>All versions of a package.</summary>
    /// <exception cref="FeedException">The registry did not tell; the message reads well after the package and a colon.</exception>
    Task<ImmutableArray<string>> VersionsAsync(string package, CancellationToken cancellationToken);
}

/// <summary>`http:` and `https:`.</summary>
internal sealed class HttpScheme(HttpDownload http) : IScheme
{
    public bool NeedsNetwork => true;

    public Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken) =>
        Uri.TryCreate(place, UriKind.Absolute, out var address)
            ? http.ToFileAsync(address, path, transfer, cancellationToken)
            : throw new FeedException("is not a well-formed address", userError: true);
}

/// <summary>`file:PATH` or `file:///PATH`.</summary>
internal sealed class FileScheme : IScheme
{
    public bool NeedsNetwork => false;

    public Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken) =>
        CopyAsync(place.StartsWith("file://", StringComparison.Ordinal) ? new Uri(place).LocalPath : place["file:".Length..], path, transfer, cancellationToken);

    /// <summary>A small file in memory.</summary>
    /// <exception cref="FeedException">It is not there, has more bytes, or cannot be read.</exception>
    public static async Task<byte[]> BytesAsync(string source, long most, CancellationToken cancellationToken)
    {
        if (!File.Exists(source)) throw new FeedException(FeedCause.Gone, "does not exist");
        try
        {
            return new FileInfo(source).Length is var length && length <= most
                ? await File.ReadAllBytesAsync(source, cancellationToken)
                : throw SizeBound.AtMost(most, "an index").Exceeded(length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FeedException(e.Message, userError: false, e);
        }
    }

    /// <summary>Copies a file of this machine.</summary>
    /// <exception cref="FeedException">It is not there, too large, or cannot be read.</exception>
    internal static async Task CopyAsync(string source, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        if (!File.Exists(source)) throw new FeedException("does not exist", userError: true);
        try
        {
            await using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true);
            await using var to = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0, useAsync: true);
            if (from.Length > transfer.Bound.Bytes) throw transfer.Bound.Exceeded(from.Length);
            await from.CopyToAsync(to, 1 << 20, cancellationToken);
            transfer.Progress?.Report((from.Length, from.Length));
        }
        catch (Exception e) when (DiskRoom.IsExhausted(e))
        {
            throw DiskRoom.Full(path, new FileInfo(source).Length, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FeedException(e.Message, userError: false, e);
        }
    }
}
