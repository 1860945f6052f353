// Keeps the cache below a size, least recently used first, without taking anything from a running build.

using Imagecraft.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Store;

public sealed partial class CacheMaintenance
{
    /// <summary>Removes results by last use, with all that only they need, until the objects take at most <paramref name="targetBytes"/>.</summary>
    /// <remarks>
    /// Nothing happens while the cache is small enough. Kept in any case is what a running build looked up (its lease names results and trees) and
    /// what it stored or found (its change time is later than the lease's begin). A result is renamed away before the leases are read again: a
    /// build that read it in between had written its lease before, so the result is put back. Objects and trees go under the exclusive side
    /// of the store's lock, which no one holds who stores, looks for or materializes something.
    /// </remarks>
    public Task<CollectionReport> CollectAsync(long targetBytes, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var only = OpenLock("collect.lock");
            Posix.Lock(only, LockKind.Exclusive);
            TemporaryFolder.RemoveAbandoned(Path.Combine(store.Root, "tmp"));
            var begin = SyncRecord.SafelyPast;
            var objects = store.Folder.Objects().ToList();
            var total = objects.Sum(item => item.Stat.Size);
            if (total <= targetBytes)
                return new CollectionReport(0, 0, 0, 0, total);

            var (horizon, leased, _) = Leases();
            horizon = Math.Min(horizon, begin);
            var kept = objects.Where(item => item.Stat.Changed >= horizon).Select(item => item.Hash).ToHashSet(StringComparer.Ordinal);
            var results = ChooseResults(objects, kept, leased, targetBytes, cancellationToken);
            using var gate = OpenLock("store.lock");
            // Deleting a tree changes the change time of its objects, so the objects go between the two steps.
            var trees = SetTreesAside(gate, kept);
            var (count, bytes) = RemoveObjects(gate, objects, kept, horizon, cancellationToken);
            foreach (var path in trees)
                FolderRemoval.Remove(path);
            // Removing names changes times, by which the next restart would take what is left for new.
            store.Durability.NoteWrite();
            store.Durability.Sync();
            return new CollectionReport(count, bytes, trees.Count, results, total - bytes);
        },
        cancellationToken);

    /// <summary>Adds to <paramref name="kept"/> what the results that stay need; removes the other results and counts them.</summary>
    private int ChooseResults(List<StoredObject> objects, HashSet<string> kept, HashSet<string> leased, long targetBytes, CancellationToken cancellationToken)
    {
        var sizes = objects.GroupBy(item => item.Hash).ToDictionary(group => group.Key, group => group.Sum(item => item.Stat.Size), StringComparer.Ordinal);
        var bytes = kept.Sum(hash => sizes.GetValueOrDefault(hash));
        var reach = new Reach(store, store.Has);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        var doomed = new List<(string Path, string Aside)>();
        var full = false;
        foreach (var (path, _) in store.Folder.Results().OrderByDescending(file => leased.Contains(Path.GetFileName(file.Path))).ThenByDescending(file => file.Stat.Modified))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var needed = ActionCache.Read(path) is { } result ? reach.Beyond(result, whole) : null;
            var more = needed?.Where(hash => !kept.Contains(hash)).Sum(hash => sizes.GetValueOrDefault(hash)) ?? 0;
            var inUse = leased.Contains(Path.GetFileName(path));
            full |= !inUse && bytes + more > targetBytes;
            if (needed is null || (full && !inUse))
            {
                doomed.Add((path, store.Folder.TemporaryPath()));
                continue;
            }

            bytes += more;
            kept.UnionWith(needed);
            whole.UnionWith(needed);
        }

        foreach (var (path, aside) in doomed)
            _ = Posix.Rename(path, aside);
        leased = Leases().Kept;
        var removed = 0;
        foreach (var (path, aside) in doomed)
        {
            if (leased.Contains(Path.GetFileName(path)) && ActionCache.Read(aside) is { } result && reach.Beyond(result, whole) is { } needed)
            {
                kept.UnionWith(needed);
                whole.UnionWith(needed);
                File.Move(aside, path, overwrite: true);
                continue;
            }

            File.Delete(aside);
            removed++;
        }

        return removed;
    }

    private List<string> SetTreesAside(SafeFileHandle gate, HashSet<string> kept)
    {
        var aside = new List<string>();
        Posix.Lock(gate, LockKind.Exclusive);
        try
        {
            var leased = Leases().Kept;
            foreach (var path in store.Folder.Trees().Where(path => !kept.Contains(Path.GetFileName(path)) && !leased.Contains(Path.GetFileName(path))))
            {
                var doomed = store.Folder.TemporaryPath();
                if (Posix.Rename(path, doomed) == 0)
                    aside.Add(doomed);
            }
        }
        finally
        {
            Posix.Lock(gate, LockKind.None);
        }

        return aside;
    }

    private static (long Count, long Bytes) RemoveObjects(
        SafeFileHandle gate, List<StoredObject> objects, HashSet<string> kept, long horizon, CancellationToken cancellationToken)
    {
        long count = 0, bytes = 0;
        foreach (var shard in objects.Where(item => !kept.Contains(item.Hash)).Chunk(512))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Posix.Lock(gate, LockKind.Exclusive);
            try
            {
                foreach (var item in shard)
                {
                    if (!Posix.TryStat(item.Path, out var stat) || stat.Changed >= horizon)
                        continue;
                    File.Delete(item.Path);
                    count++;
                    bytes += stat.Size;
                }
            }
            finally
            {
                Posix.Lock(gate, LockKind.None);
            }
        }

        return (count, bytes);
    }

    private (long Horizon, HashSet<string> Kept, int Living) Leases() => Lease.ReadAll(store.Folder.LeaseFolder);

    private SafeFileHandle OpenLock(string name) =>
        Posix.OpenForLocking(Path.Combine(store.Root, name), create: true);
}
