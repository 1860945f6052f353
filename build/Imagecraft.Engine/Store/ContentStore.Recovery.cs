// What a restart of the machine may have cost: finds it by the last sync, and removes it. Unaware of actions.

using System.Collections.Concurrent;
using System.Globalization;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>After a restart of the machine, finds what was written after the last sync and did not reach the disk. To be called before content is relied on; costs one small read otherwise.</summary>
    /// <remarks>
    /// Of a later time than the last sync (by change time, which nobody can set back): objects are hashed, materialized trees are made anew when they are needed,
    /// files of tool caches and unfinished downloads are removed, and results that lost something are dropped. What workspaces remember of this cache is not believed any more.
    /// </remarks>
    /// <param name="tell">Told once, in words for the user, when there is something to check.</param>
    /// <param name="cancellationToken">Ends it; the next call begins anew.</param>
    public Task RecoverAsync(Action<string>? tell, CancellationToken cancellationToken)
    {
        if (_recovered || SyncRecord.Read(Root).Boot == Boot)
        {
            _recovered = true;
            return Task.CompletedTask;
        }

        return Task.Run(() => Recover(tell, cancellationToken), cancellationToken);
    }

    private void Recover(Action<string>? tell, CancellationToken cancellationToken)
    {
        using var only = Posix.OpenForLocking(Path.Combine(Root, "recover.lock"), create: true);
        Posix.Lock(only, LockKind.Exclusive);
        var record = SyncRecord.Read(Root);
        if (record.Boot == Boot)
        {
            _recovered = true;
            return;
        }

        var begin = SyncRecord.SafelyPast;
        var isNew = record.Boot.Length == 0 && !ResultFiles().Any();
        using (_gate.Enter())
        {
            foreach (var tree in TreeFolders().Where(path => IsYounger(path, record.Until)).ToList())
                RemoveTree(tree);
            CheckObjects(record.Until, tell, cancellationToken);
            foreach (var folder in new[] { "caches", "partial" })
                RemoveYoungFiles(Path.Combine(Root, folder), record.Until);
            DropBrokenResults(record.Until, cancellationToken);
        }

        if (!isNew)
            CacheIdentity.Renew(Root);
        new SyncRecord(Boot, begin).Write(Root, TemporaryPath());
        _recovered = true;
    }

    private static bool IsYounger(string path, long time) => Posix.TryStat(path, out var stat) && stat.Changed > time;

    private void CheckObjects(long until, Action<string>? tell, CancellationToken cancellationToken)
    {
        var young = Objects().Where(item => item.Stat.Changed > until).ToList();
        if (young.Count == 0)
            return;
        var since = until == 0 ? "and when the cache was last synced is not known" : string.Create(CultureInfo.InvariantCulture, $"after the cache was last synced at {DateTimeOffset.FromUnixTimeSeconds(until / 1_000_000_000):yyyy-MM-dd HH:mm:ss} UTC");
        tell?.Invoke($"The machine was restarted {since}: {young.Count} objects ({DiskSpace.Bytes(young.Sum(item => item.Stat.Size))}) of a later time are checked");
        // Large ones first, so that no core is left with one at the end.
        var order = Partitioner.Create(young.OrderByDescending(item => item.Stat.Size), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(order, Parallelism(cancellationToken), item => Recheck(new Digest(item.Hash, item.Stat.Size), item.Executable, cancellationToken));
    }

    private void DropBrokenResults(long until, CancellationToken cancellationToken)
    {
        var reach = new Reach(this, Has);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, _) in ResultFiles().Where(file => file.Stat.Changed > until).ToList())
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
