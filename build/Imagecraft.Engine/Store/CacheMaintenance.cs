// Counts and verifies the cache as a whole. Unaware of which build made what.

using System.Collections.Concurrent;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

/// <summary>Management of a store: statistics, collection, verification. May run while builds run.</summary>
public sealed partial class CacheMaintenance(ContentStore store)
{
    /// <summary>Counts what is there.</summary>
    public CacheStatistics Statistics()
    {
        long objects = 0, bytes = 0, results = 0, resultBytes = 0;
        foreach (var (_, _, _, stat) in Objects())
        {
            objects++;
            bytes += stat.Size;
        }

        foreach (var (_, stat) in store.ResultFiles())
        {
            results++;
            resultBytes += stat.Size;
        }

        var (_, kept, living) = Lease.ReadAll(Path.Combine(store.Root, "leases"));
        return new CacheStatistics(objects, bytes, TreeFolders().Count(), results, resultBytes, living);
    }

    /// <summary>Hashes every object and every file of materialized trees; removes what is damaged and what depends on it.</summary>
    public Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var damaged = new ConcurrentBag<Digest>();
            long count = 0, bytes = 0;
            Parallel.ForEach(Objects().ToList(), ContentStore.Parallelism(cancellationToken), item =>
            {
                var digest = new Digest(item.Hash, item.Stat.Size);
                if (!store.Recheck(digest, item.Executable))
                    damaged.Add(digest);
                Interlocked.Increment(ref count);
                Interlocked.Add(ref bytes, item.Stat.Size);
            });

            var trees = TreeFolders().Count(path => !store.VerifyMaterialized(path, cancellationToken));
            var reach = new Reach(store, store.Has);
            var whole = new HashSet<string>(StringComparer.Ordinal);
            var results = 0;
            foreach (var (path, _) in store.ResultFiles())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ActionCache.Read(path) is { } result && reach.Beyond(result, whole) is { } more)
                {
                    whole.UnionWith(more);
                    continue;
                }

                File.Delete(path);
                results++;
            }

            return new VerificationReport(count, bytes, [.. damaged.Distinct()], trees, results);
        },
        cancellationToken);

    private IEnumerable<(string Path, string Hash, bool Executable, FileStat Stat)> Objects()
    {
        foreach (var path in Shards("objects").SelectMany(Directory.EnumerateFiles))
        {
            var name = Path.GetFileName(path);
            if (name.Length >= 64 && Posix.TryStat(path, out var stat))
                yield return (path, name[..64], name.Length > 64, stat);
        }
    }

    private IEnumerable<string> TreeFolders() => Shards("trees").SelectMany(Directory.EnumerateDirectories);

    private IEnumerable<string> Shards(string kind) => Directory.EnumerateDirectories(Path.Combine(store.Root, kind));
}
