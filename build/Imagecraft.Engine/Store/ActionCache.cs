// Results of actions by key, one checksummed file each. Unaware of how an action is run or what its key consists of.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>The action cache of a store: `results/ab/KEY` holds the SHA-256 of the encoded <c>ActionResult</c>, then the result.</summary>
public sealed class ActionCache(ContentStore store)
{
    private static readonly TimeSpan _touchInterval = TimeSpan.FromDays(1);

    /// <summary>The recorded result of an action; null when there is none, or the entry is torn or flipped (which removes it).</summary>
    /// <remarks>That the outputs are still whole is not looked at here: whoever reads them is told by <see cref="ContentMissingException"/>.</remarks>
    public Reapi.ActionResult? TryGet(Digest actionKey)
    {
        store.Leases.Current?.Keep(actionKey);
        var path = store.Folder.ResultPath(actionKey);
        if (Posix.TryRead(path, out var stat) is not { } bytes)
            return null;
        if (CheckedFile.Decode(bytes, Reapi.ActionResult.Parser) is not { } result)
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
        store.Leases.Current?.Keep(actionKey);
        AtomicFile.Write(store.Folder.ResultPath(actionKey), CheckedFile.Encode(result), store.Folder.TemporaryPath());
        store.Durability.NoteWrite();
    }

    /// <summary>Forgets a result, e.g. because its outputs are gone.</summary>
    public void Remove(Digest actionKey)
    {
        if (File.Exists(store.Folder.ResultPath(actionKey)))
            File.Delete(store.Folder.ResultPath(actionKey));
    }

    /// <summary>When the result was stored, in nanoseconds since 1970, as it says itself; null when it does not.</summary>
    internal static long? StoredAt(Reapi.ActionResult result) =>
        result.ExecutionMetadata?.WorkerCompletedTimestamp is { } time ? time.Seconds * 1_000_000_000 + time.Nanos : null;

    /// <summary>The tree of all that the action of a result read; null when the result does not say it.</summary>
    internal static Digest? InputRootOf(Reapi.ActionResult result) =>
        result.ExecutionMetadata?.AuxiliaryMetadata.FirstOrDefault(data => data.Is(Reapi.Digest.Descriptor)) is { } root ? root.Unpack<Reapi.Digest>().ToDigest() : null;

    /// <summary>The result in a file; null when that is gone, torn or flipped.</summary>
    internal static Reapi.ActionResult? Read(string path) => CheckedFile.Read(path, Reapi.ActionResult.Parser);
}
