// What the engine needs of a cache elsewhere, whatever it speaks. Unaware of protocols, trees and policy.

using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Remote;

/// <summary>Blobs and results by digest, in a server or folder that many machines share. Nothing that it returns is trusted. Safe for concurrent use.</summary>
/// <remarks>All calls end with a <see cref="RemoteException"/> when they cannot be answered; none is tried again here.</remarks>
public interface IRemoteTransport : IAsyncDisposable
{
    /// <summary>Where it is, for people: an address without credentials.</summary>
    string Name { get; }

    /// <summary>Asks what it can do; to be called before anything else.</summary>
    Task<RemoteLimits> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The result that is stored under a key; null when there is none.</summary>
    Task<Reapi.ActionResult?> FindResultAsync(Digest key, CancellationToken cancellationToken);

    /// <summary>Stores a result, whose blobs are there.</summary>
    Task PutResultAsync(Digest key, Reapi.ActionResult result, CancellationToken cancellationToken);

    /// <summary>Which of the blobs are not there.</summary>
    Task<IReadOnlyCollection<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken);

    /// <summary>Appends to <paramref name="destination"/> what comes after its first <paramref name="offset"/> bytes.</summary>
    /// <exception cref="RemoteException">Among others <see cref="RemoteFault.NotFound"/>.</exception>
    Task ReadAsync(Digest digest, long offset, Stream destination, CancellationToken cancellationToken);

    /// <summary>Stores a blob.</summary>
    /// <param name="digest">What it is.</param>
    /// <param name="open">Opens it at its beginning; may be called again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task WriteAsync(Digest digest, Func<Stream> open, CancellationToken cancellationToken);

    /// <summary>Small blobs in one call, together at most <see cref="RemoteLimits.BatchBytes"/>; those that are not there are not among them.</summary>
    Task<IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>>> ReadManyAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken);

    /// <summary>Stores small blobs in one call, together at most <see cref="RemoteLimits.BatchBytes"/>.</summary>
    Task WriteManyAsync(IReadOnlyCollection<(Digest Digest, ReadOnlyMemory<byte> Bytes)> blobs, CancellationToken cancellationToken);
}

/// <summary>What a transport can do.</summary>
/// <param name="BatchBytes">Bytes of all blobs of one call together; a larger blob goes alone.</param>
/// <param name="IsWritable">Results may be stored.</param>
/// <param name="Words">What it said of itself, for <c>doctor</c>.</param>
public sealed record RemoteLimits(int BatchBytes, bool IsWritable, string Words)
{
    /// <summary>Its clock when it answered; null when it does not tell.</summary>
    public DateTimeOffset? ServerTime { get; init; }
}

/// <summary>Why a call came to nothing.</summary>
public enum RemoteFault
{
    /// <summary>No answer, or one that says that it may be another time.</summary>
    Unavailable,

    /// <summary>The content is not there.</summary>
    NotFound,

    /// <summary>It knows us not, or forbids it.</summary>
    Refused,

    /// <summary>It has no room, or we ask too much.</summary>
    Exhausted,

    /// <summary>It answered what cannot be.</summary>
    Wrong,
}

/// <summary>A cache elsewhere did not do what it was asked; the message is a clause for the user.</summary>
public sealed class RemoteException(RemoteFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of problem it is.</summary>
    public RemoteFault Fault { get; } = fault;
}
