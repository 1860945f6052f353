// Gives results to a cache elsewhere while the build goes on. Unaware of protocols and of why something was built.

using System.Collections.Concurrent;
using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Remote;

/// <summary>Uploads content first and then the result that names it, so that nobody finds a result without its content.</summary>
sealed class RemoteUploads(IRemoteTransport transport, ContentStore store, RemoteLink link, RemoteCounts counts, CancellationToken stop) : IDisposable
{
    const int AtOnce = 16;
    static readonly TimeSpan call = TimeSpan.FromSeconds(30);
    readonly SemaphoreSlim slots = new(AtOnce);
    readonly ConcurrentDictionary<Digest, bool> there = new(), trees = new();
    readonly ConcurrentBag<Task> tasks = [];

    /// <summary>Begins to give a result.</summary>
    /// <param name="key">Digest of the action.</param>
    /// <param name="result">What it gave; all of it is in the store.</param>
    /// <param name="described">The action and the command, for who looks at the cache.</param>
    /// <param name="limits">What the cache can do.</param>
    /// <param name="onlyIfNew">Ask first whether it has one.</param>
    public void Offer(Digest key, Reapi.ActionResult result, IReadOnlyCollection<IMessage> described, Task<RemoteLimits?> limits, bool onlyIfNew = false) => tasks.Add(Task.Run(
        async () =>
        {
            await slots.WaitAsync(stop);
            try
            {
                if (link.IsOpen && await limits is { } limit && !(onlyIfNew && await HasAsync(key)))
                    await GiveAsync(key, result.Clone(), described, limit);
            }
            catch (Exception e) when (e is RemoteException or IOException or UnauthorizedAccessException)
            {
                link.Close(e.Message);
            }
            catch (ContentMissingException)
            {
                // Damaged or collected meanwhile; whoever needs it next makes it again.
            }
            finally
            {
                slots.Release();
            }
        },
        CancellationToken.None));

    /// <summary>Gives a tree with all below it. What is not here is thought to be there.</summary>
    /// <exception cref="RemoteException">It cannot be given.</exception>
    /// <exception cref="ContentMissingException">Neither side has some of it.</exception>
    public async Task GiveAsync(Digest root, IReadOnlyCollection<IMessage> described, RemoteLimits limit)
    {
        var files = new HashSet<Digest>();
        var memory = described.Select(message => message.ToByteArray()).ToDictionary(bytes => Digest.Of(bytes));
        var open = new Stack<Digest>([root]);
        var seen = new HashSet<Digest>();
        while (open.TryPop(out var digest))
        {
            // A tree that was given is given with all below it.
            if (trees.ContainsKey(digest) || !seen.Add(digest) || NodeWalk.TryRead(digest, store.GetDirectory) is not { } node)
                continue;
            files.Add(digest);
            files.UnionWith(node.Files.Select(file => file.Digest.ToDigest()));
            foreach (var child in node.Directories)
                open.Push(child.Digest.ToDigest());
        }

        await StoreAsync(files, memory, limit);
        foreach (var digest in seen)
            trees[digest] = true;
    }

    /// <summary>What was given may be gone: it is asked anew.</summary>
    public void Forget()
    {
        there.Clear();
        trees.Clear();
    }

    /// <summary>Waits for all.</summary>
    public async Task FinishAsync()
    {
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException)
        {
            // The build was stopped; a result without all of its content was never given.
        }
    }

    /// <summary>To be called when all has ended.</summary>
    public void Dispose() => slots.Dispose();

    async Task<bool> HasAsync(Digest key) => await link.AskAsync(cancel => transport.FindResultAsync(key, cancel), call, stop) is not null;

    async Task GiveAsync(Digest key, Reapi.ActionResult result, IReadOnlyCollection<IMessage> described, RemoteLimits limit)
    {
        if (!limit.IsWritable)
            throw new RemoteException(RemoteFault.Refused, "it takes no results");
        var files = result.OutputFiles.Select(file => file.Digest.ToDigest()).ToHashSet();
        if (result.StdoutDigest is { } log)
            files.Add(log.ToDigest());
        var memory = described.Select(message => message.ToByteArray()).ToDictionary(bytes => Digest.Of(bytes));
        foreach (var directory in result.OutputDirectories)
        {
            var root = directory.RootDirectoryDigest.ToDigest();
            foreach (var (digest, node) in NodeWalk.Below([root], store.GetDirectory))
            {
                files.Add(digest);
                files.UnionWith((node ?? throw new ContentMissingException(digest)).Files.Select(file => file.Digest.ToDigest()));
            }

            var tree = RemoteForm.TreeOf(store, root).ToByteArray();
            memory[Digest.Of(tree)] = tree;
            directory.TreeDigest = Digest.Of(tree).ToReapi();
        }

        await StoreAsync(files, memory, limit);
        await link.AskAsync(async cancel =>
        {
            await transport.PutResultAsync(key, result, cancel);
            return true;
        }, call, stop);
        counts.Store();
    }

    async Task StoreAsync(IEnumerable<Digest> files, Dictionary<Digest, byte[]> memory, RemoteLimits limit)
    {
        var unknown = files.Concat(memory.Keys).Where(digest => digest.SizeBytes > 0 && !there.ContainsKey(digest)).Distinct().ToList();
        if (unknown.Count == 0)
            return;
        var missing = await link.AskAsync(cancel => transport.FindMissingAsync(unknown, cancel), call, stop);
        var small = missing.Where(digest => digest.SizeBytes < limit.BatchBytes / 4).Select(digest => KeyValuePair.Create(digest, memory.GetValueOrDefault(digest)));
        foreach (var part in RemoteCache.Batches(small, limit.BatchBytes))
        {
            var blobs = part.Select(blob => (blob.Key, (ReadOnlyMemory<byte>)(blob.Value ?? store.Read(blob.Key)))).ToList();
            await link.AskAsync(async cancel =>
            {
                await transport.WriteManyAsync(blobs, cancel);
                return true;
            }, call, stop);
            counts.Send(part.Sum(blob => blob.Key.SizeBytes));
        }

        foreach (var digest in missing.Where(digest => digest.SizeBytes >= limit.BatchBytes / 4))
        {
            var bytes = memory.GetValueOrDefault(digest);
            await link.AskAsync(async cancel =>
            {
                await transport.WriteAsync(digest, () => bytes is null ? store.OpenRead(digest) : new MemoryStream(bytes), cancel);
                return true;
            }, Timeout.InfiniteTimeSpan, stop);
            counts.Send(digest.SizeBytes);
        }

        foreach (var digest in unknown)
            there[digest] = true;
    }
}
