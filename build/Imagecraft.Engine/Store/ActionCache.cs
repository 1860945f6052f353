// Results of actions by key, one checksummed file each. Unaware of how an action is run or what its key consists of.

using System.Security.Cryptography;
using Google.Protobuf;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

/// <summary>The action cache of a store: `results/ab/KEY` holds the SHA-256 of the encoded <c>ActionResult</c>, then the result.</summary>
public sealed class ActionCache(ContentStore store)
{
    private static readonly TimeSpan _touchInterval = TimeSpan.FromDays(1);

    /// <summary>The recorded result of an action; null when there is none, or the entry is torn or flipped (which removes it).</summary>
    /// <remarks>That the outputs are still whole is not looked at here: whoever reads them is told by <see cref="ContentMissingException"/>.</remarks>
    public Reapi.ActionResult? TryGet(Digest actionKey)
    {
        store.Lease?.Keep(actionKey);
        var path = PathOf(actionKey);
        if (Posix.TryRead(path, out var stat) is not { } bytes)
            return null;
        if (Decode(bytes) is not { } result)
        {
            File.Delete(path);
            return null;
        }

        // The modification time is the time of last use, for collection; once a day is exact enough and saves the writes.
        var now = DateTimeOffset.UtcNow;
        if (now - DateTimeOffset.FromUnixTimeSeconds(stat.Modified / 1_000_000_000) > _touchInterval)
            _ = Posix.TrySetTime(path, now.ToUnixTimeSeconds());
        return result;
    }

    /// <summary>Publishes a result, whose outputs are in the store.</summary>
    public void Put(Digest actionKey, Reapi.ActionResult result)
    {
        store.Lease?.Keep(actionKey);
        var payload = result.ToByteArray();
        var temporary = store.TemporaryPath();
        try
        {
            using var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(handle, [SHA256.HashData(payload), payload], 0);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            File.Delete(temporary);
            throw DiskSpace.Full(temporary, payload.Length, problem);
        }

        ContentStore.Place(temporary, PathOf(actionKey));
        store.NoteWrite();
    }

    /// <summary>Forgets a result, e.g. because its outputs are gone.</summary>
    public void Remove(Digest actionKey)
    {
        if (File.Exists(PathOf(actionKey)))
            File.Delete(PathOf(actionKey));
    }

    /// <summary>When the result was stored, in nanoseconds since 1970, as it says itself; null when it does not.</summary>
    internal static long? StoredAt(Reapi.ActionResult result) =>
        result.ExecutionMetadata?.WorkerCompletedTimestamp is { } time ? time.Seconds * 1_000_000_000 + time.Nanos : null;

    /// <summary>The tree of all that the action of a result read; null when the result does not say it.</summary>
    internal static Digest? InputRootOf(Reapi.ActionResult result) =>
        result.ExecutionMetadata?.AuxiliaryMetadata.FirstOrDefault(data => data.Is(Reapi.Digest.Descriptor)) is { } root ? root.Unpack<Reapi.Digest>().ToDigest() : null;

    /// <summary>The result in a file; null when that is gone, torn or flipped.</summary>
    internal static Reapi.ActionResult? Read(string path) => Posix.TryRead(path, out _) is { } bytes ? Decode(bytes) : null;

    /// <summary>The result in an entry; null when the entry is torn or flipped.</summary>
    private static Reapi.ActionResult? Decode(byte[] entry)
    {
        if (entry.Length < SHA256.HashSizeInBytes || !SHA256.HashData(entry.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(entry.AsSpan(0, SHA256.HashSizeInBytes)))
            return null;
        try
        {
            return Reapi.ActionResult.Parser.ParseFrom(entry.AsSpan(SHA256.HashSizeInBytes));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private string PathOf(Digest actionKey) => $"{store.Root}/results/{actionKey.Hash.AsSpan(0, 2)}/{actionKey.Hash}";
}
