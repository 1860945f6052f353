// Counts and verifies the cache as a whole. Unaware of which build made what.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Management of a store: statistics, collection, verification. May run while builds run.</summary>
public sealed partial class CacheMaintenance(ContentStore store)
{
    /// <summary>Counts what is there.</summary>
    public CacheStatistics Statistics()
    {
        long objects = 0, bytes = 0, results = 0, resultBytes = 0;
        foreach (var (_, _, _, stat) in store.Folder.Objects())
        {
            objects++;
            bytes += stat.Size;
        }

        foreach (var (_, stat) in store.Folder.Results())
        {
            results++;
            resultBytes += stat.Size;
        }

        var (_, kept, living) = Lease.ReadAll(store.Folder.LeaseFolder);
        return new CacheStatistics(objects, bytes, store.Folder.Trees().Count(), results, resultBytes, living);
    }

    /// <summary>Hashes every object and every file of materialized trees; removes what is damaged, what depends on it and what was made of it. What workspaces remember of removed results is forgotten.</summary>
    public Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var damaged = new ConcurrentBag<Digest>();
            long count = 0, bytes = 0;
            Parallel.ForEach(store.Folder.Objects().ToList(), AllCores.Until(cancellationToken), item =>
            {
                var digest = new Digest(item.Hash, item.Stat.Size);
                if (!store.Trust.Recheck(digest, item.Executable, cancellationToken))
                    damaged.Add(digest);
                Interlocked.Increment(ref count);
                Interlocked.Add(ref bytes, item.Stat.Size);
            });

            var trees = store.Folder.Trees().Count(path => !store.Trees.Verify(path, cancellationToken));
            var reach = new Reach(store, store.Has);
            // Rot that keeps size and time may have been read before it was found: what was made of it may be wrong.
            var use = new InputUse(store, damaged);
            var whole = new HashSet<string>(StringComparer.Ordinal);
            var results = 0;
            foreach (var (path, _) in store.Folder.Results().ToList())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ActionCache.Read(path) is { } result && (damaged.IsEmpty || !use.IsReader(result)) && reach.Beyond(result, whole) is { } more)
                {
                    whole.UnionWith(more);
                    continue;
                }

                File.Delete(path);
                results++;
            }

            if (results > 0)
                CacheIdentity.Renew(store.Root);
            return new VerificationReport(count, bytes, [.. damaged.Distinct()], trees, results);
        },
        cancellationToken);
}
