// What a restart of the machine may have cost: finds it by the last sync, and removes it. Unaware of actions.

using System.Collections.Concurrent;
using System.Globalization;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Looks at what is younger than the last sync of an earlier boot.</summary>
/// <remarks>
/// Of a later time than the last sync (by change time, which nobody can set back): objects are hashed, materialized trees are made anew when they are needed,
/// files of tool caches and unfinished downloads are removed, and results that lost something are dropped. What workspaces remember of this cache is not believed any more.
/// </remarks>
internal sealed class RestartRecovery(ContentStore store)
{
    /// <summary>Does so once a boot, for all processes; the end of the token leaves it to the next call.</summary>
    internal Task RunAsync(Action<string>? tell, CancellationToken cancellationToken) =>
        store.Durability.IsRecovered ? Task.CompletedTask : Task.Run(() => Recover(tell, cancellationToken), cancellationToken);

    private void Recover(Action<string>? tell, CancellationToken cancellationToken)
    {
        using var only = Posix.OpenForLocking(Path.Combine(store.Root, "recover.lock"), create: true);
        Posix.Lock(only, LockKind.Exclusive);
        if (store.Durability.IsRecovered)
            return;
        var record = store.Durability.Record;
        var begin = SyncRecord.SafelyPast;
        var isNew = record.Boot.Length == 0 && !store.Folder.Results().Any();
        using (store.Folder.Enter())
        {
            foreach (var tree in store.Folder.Trees().Where(path => IsYounger(path, record.Until)).ToList())
                store.Trees.Remove(tree);
            CheckObjects(record.Until, tell, cancellationToken);
            foreach (var folder in new[] { "caches", "partial" })
                RemoveYoungFiles(Path.Combine(store.Root, folder), record.Until);
            DropBrokenResults(record.Until, cancellationToken);
        }

        if (!isNew)
            CacheIdentity.Renew(store.Root);
        store.Durability.Recovered(begin);
    }

    private static bool IsYounger(string path, long time) => Posix.TryStat(path, out var stat) && stat.Changed > time;

    private void CheckObjects(long until, Action<string>? tell, CancellationToken cancellationToken)
    {
        var young = store.Folder.Objects().Where(item => item.Stat.Changed > until).ToList();
        if (young.Count == 0)
            return;
        var since = until == 0 ? "and when the cache was last synced is not known" : string.Create(CultureInfo.InvariantCulture, $"after the cache was last synced at {DateTimeOffset.FromUnixTimeSeconds(until / 1_000_000_000):yyyy-MM-dd HH:mm:ss} UTC");
        tell?.Invoke($"The machine was restarted {since}: {young.Count} objects ({DiskSpace.Bytes(young.Sum(item => item.Stat.Size))}) of a later time are checked");
        // Large ones first, so that no core is left with one at the end.
        var order = Partitioner.Create(young.OrderByDescending(item => item.Stat.Size), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(order, AllCores.Until(cancellationToken), item => store.Trust.Recheck(new Digest(item.Hash, item.Stat.Size), item.Executable, cancellationToken));
    }

    private void DropBrokenResults(long until, CancellationToken cancellationToken)
    {
        var reach = new Reach(store, store.Has);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, _) in store.Folder.Results().Where(file => file.Stat.Changed > until).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = ActionCache.Read(path);
            // A result that was only looked up since, which changes its file's time, says itself that it is older.
            if (result is not null && ActionCache.StoredAt(result) is { } stored && stored <= until)
                continue;
            if (result is not null && reach.Beyond(result, whole) is { } more)
                whole.UnionWith(more);
            else
                File.Delete(path);
        }
    }

    private static void RemoveYoungFiles(string folder, long until)
    {
        if (!Directory.Exists(folder))
            return;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        foreach (var path in Directory.EnumerateFiles(folder, "*", options).Where(path => IsYounger(path, until)).ToList())
            File.Delete(path);
    }
}
