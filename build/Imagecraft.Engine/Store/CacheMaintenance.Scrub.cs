// Finds rot that keeps size and time: hashes a share of the objects at each call, in turn. Unaware of builds.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

public sealed partial class CacheMaintenance
{
    private string ScrubFile => Path.Combine(store.Root, "scrubbed");

    /// <summary>Hashes objects in the order of their names, beginning after the last one of the call before, until <paramref name="bytes"/> are hashed or all objects were.</summary>
    /// <remarks>
    /// What is damaged is removed, and so are results of actions that read it. The end of the token is no error: the next call goes on there, after an object larger than all
    /// of <paramref name="bytes"/> if it was at one. What this process has hashed already is passed over.
    /// </remarks>
    public Task<ScrubReport> ScrubAsync(long bytes, CancellationToken cancellationToken) => Task.Run(() => Scrub(bytes, cancellationToken), CancellationToken.None);

    private ScrubReport Scrub(long bytes, CancellationToken cancellationToken)
    {
        var damaged = new List<Digest>();
        var (count, hashed, last) = (0L, 0L, "");
        try
        {
            foreach (var item in InTurn(ReadPosition()))
            {
                if (hashed >= bytes || cancellationToken.IsCancellationRequested)
                    break;
                var digest = new Digest(item.Hash, item.Stat.Size);
                last = item.Stat.Size > bytes ? Path.GetFileName(item.Path) : last;
                if (!store.Trust.HashedHere(digest, item.Executable))
                {
                    if (!store.Trust.Recheck(digest, item.Executable, cancellationToken))
                        damaged.Add(digest);
                    count++;
                    hashed += item.Stat.Size;
                }

                last = Path.GetFileName(item.Path);
            }
        }
        catch (OperationCanceledException)
        {
            // In the midst of an object.
        }
        finally
        {
            if (last.Length > 0)
                WritePosition(last);
        }

        var results = damaged.Count == 0 ? 0 : DropReadersOf(damaged);
        return new ScrubReport(count, hashed, [.. damaged.Distinct()], results);
    }

    /// <summary>Removes the results of actions that read one of the digests, as far as the nodes of their inputs are still there; workspaces forget them too.</summary>
    private int DropReadersOf(IReadOnlyCollection<Digest> damaged)
    {
        var use = new InputUse(store, damaged);
        var dropped = 0;
        foreach (var (path, _) in store.Folder.Results().ToList())
        {
            if (ActionCache.Read(path) is not { } result || !use.IsReader(result))
                continue;
            File.Delete(path);
            dropped++;
        }

        if (dropped > 0)
            CacheIdentity.Renew(store.Root);
        return dropped;
    }

    /// <summary>All objects once, beginning after the one of the given file name.</summary>
    private IEnumerable<StoredObject> InTurn(string after)
    {
        var shards = store.Folder.ObjectShards().Order(StringComparer.Ordinal).ToList();
        var first = shards.FindIndex(shard => after.Length > 0 && string.CompareOrdinal(Path.GetFileName(shard), after[..2]) >= 0);
        first = Math.Max(first, 0);
        for (var i = 0; i <= shards.Count && shards.Count > 0; i++)
        {
            var files = Directory.EnumerateFiles(shards[(first + i) % shards.Count]).Order(StringComparer.Ordinal);
            var part = i == 0 ? files.Where(IsLater) : i == shards.Count ? files.Where(file => !IsLater(file)) : files;
            foreach (var item in StoreFolder.ObjectsOf(part))
                yield return item;
        }

        bool IsLater(string file) => string.CompareOrdinal(Path.GetFileName(file), after) > 0;
    }

    private string ReadPosition() =>
        Posix.TryRead(ScrubFile, out _) is { Length: >= 64 and <= 66 } bytes && bytes.Take(64).All(b => char.IsAsciiHexDigitLower((char)b)) ? System.Text.Encoding.ASCII.GetString(bytes) : "";

    private void WritePosition(string name) => AtomicFile.Write(ScrubFile, System.Text.Encoding.ASCII.GetBytes(name), store.Folder.TemporaryPath());
}
