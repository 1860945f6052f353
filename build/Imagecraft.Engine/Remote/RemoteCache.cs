// A cache elsewhere as a build uses it: results by key, and the content behind them when somebody needs it. Unaware of protocols and of the graph.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Remote;

/// <summary>May answer what the local cache does not. Whatever it answers is hashed; nothing that it does fails a build. Safe for concurrent use.</summary>
sealed class RemoteCache : IAsyncDisposable
{
    const int AskedAtOnce = 256, StreamsAtOnce = 8;
    static readonly TimeSpan lookUp = TimeSpan.FromSeconds(4), batch = TimeSpan.FromSeconds(30);
    readonly RemoteOptions options;
    readonly IRemoteTransport transport;
    readonly ContentStore store;
    readonly RemoteLink link;
    readonly SemaphoreSlim asked = new(AskedAtOnce), streams = new(StreamsAtOnce);
    readonly ConcurrentDictionary<Digest, Digest> treeOfRoot = new();
    readonly ConcurrentDictionary<Digest, Task<ImmutableArray<Digest>>> fetched = new();
    readonly RemoteCounts counts = new();
    readonly Lazy<Task<RemoteLimits?>> limits;
    readonly CancellationToken stop;

    /// <summary>Nothing is asked yet.</summary>
    /// <param name="options">Whom to ask, and whether to give.</param>
    /// <param name="store">Where content goes and comes from.</param>
    /// <param name="tell">Told, in a sentence, when it is left alone.</param>
    /// <param name="stop">Ends everything.</param>
    public RemoteCache(RemoteOptions options, ContentStore store, Action<string> tell, CancellationToken stop)
    {
        (this.options, this.store, this.stop) = (options, store, stop);
        transport = options.Open();
        link = new RemoteLink(transport.Name, "Nothing is asked of the cache", tell);
        Uploads = new RemoteUploads(transport, store, new RemoteLink(transport.Name, "Nothing is given to the cache", tell), counts, stop);
        limits = new(ConnectAsync);
    }

    /// <summary>Its name, for people.</summary>
    public string Name => transport.Name;

    /// <summary>What was had of it so far.</summary>
    public RemoteUse Use => counts.Read(Name);

    /// <summary>Whether its results may serve other workspaces.</summary>
    public bool Shares => options.Shares;

    /// <summary>Whether it is still worth asking.</summary>
    public bool IsOpen => link.IsOpen;

    RemoteUploads Uploads { get; }

    /// <summary>The result of a key, whose folders all have root directories; null when it has none, or cannot be asked.</summary>
    /// <param name="key">Digest of the action.</param>
    /// <param name="inputRoot">What the action reads; null when nobody knows.</param>
    public async Task<Reapi.ActionResult?> FindAsync(Digest key, Digest? inputRoot)
    {
        if (!link.IsOpen)
            return null;
        await asked.WaitAsync(stop);
        try
        {
            if (await limits.Value is null)
                return null;
            counts.Ask();
            var result = await link.AskAsync(cancel => transport.FindResultAsync(key, cancel), lookUp, stop);
            // Some servers keep failures; what failed there may go well here.
            if (result is null || result.ExitCode != 0)
                return null;
            RemoteForm.Check(result, inputRoot);
            await TakeResultAsync(result);
            counts.Find();
            return result;
        }
        catch (RemoteException e)
        {
            if (e.Fault == RemoteFault.Wrong)
                link.Close(e.Message);
            return null;
        }
        finally
        {
            asked.Release();
        }
    }

    /// <summary>Gives the folders of a result the root directories that they have in our form.</summary>
    /// <exception cref="RemoteException">It lacks their trees, or has something else as such.</exception>
    public async Task TakeResultAsync(Reapi.ActionResult result)
    {
        foreach (var directory in result.OutputDirectories)
            await TakeRootAsync(directory, isOurs: ActionCache.InputRootOf(result) is not null);
    }

    /// <summary>Gives it all that an action reads, as far as it lacks that.</summary>
    /// <param name="inputRoot">The action's.</param>
    /// <param name="described">Action and command.</param>
    /// <exception cref="RemoteException">It cannot be given.</exception>
    /// <exception cref="ContentMissingException">Neither side has some of it.</exception>
    public async Task GiveInputsAsync(Digest inputRoot, IReadOnlyCollection<IMessage> described)
    {
        if (await limits.Value is not { } limit)
            throw new RemoteException(RemoteFault.Unavailable, "it cannot be reached");
        await Uploads.GiveAsync(inputRoot, described, limit);
    }

    /// <summary>What it was given may be gone: it is asked anew.</summary>
    public void ForgetGiven() => Uploads.Forget();

    /// <summary>Writes what an action printed elsewhere, errors after the rest; nothing when that is gone.</summary>
    public async Task WriteLogAsync(Reapi.ActionResult result, string log)
    {
        await using var file = new FileStream(log, FileMode.Create, FileAccess.Write);
        foreach (var (raw, digest) in new[] { (result.StdoutRaw, result.StdoutDigest), (result.StderrRaw, result.StderrDigest) })
        {
            if (raw is { IsEmpty: false })
                raw.WriteTo(file);
            else if (digest is not null && await ReadAsync(RemoteForm.Checked(digest)) is { } bytes)
                await file.WriteAsync(bytes, stop);
        }
    }

    /// <summary>Brings nodes of trees here, so that keys can be computed; files stay where they are.</summary>
    public async Task BringNodesAsync(IEnumerable<Digest> roots)
    {
        foreach (var root in roots)
            await NodesAsync(root);
    }

    /// <summary>Brings all content of values here.</summary>
    /// <returns>What could not be had.</returns>
    /// <exception cref="DiskFullException">No space.</exception>
    public async Task<ImmutableArray<Digest>> BringAsync(IEnumerable<OutputValue> values)
    {
        var wanted = values.DistinctBy(value => value.Digest).ToList();
        // Who wants what another action brings already waits for that.
        var own = new Dictionary<OutputValue, TaskCompletionSource<ImmutableArray<Digest>>>();
        foreach (var value in wanted)
        {
            var source = new TaskCompletionSource<ImmutableArray<Digest>>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (fetched.TryAdd(value.Digest, source.Task))
                own.Add(value, source);
        }

        if (own.Count > 0)
            await BringAsync(own);
        var missing = new HashSet<Digest>();
        foreach (var value in wanted)
        {
            if (fetched.TryGetValue(value.Digest, out var task))
                missing.UnionWith(await task);
            else if (!own.ContainsKey(value))
                missing.Add(value.Digest);
        }

        foreach (var source in own.Values)
            missing.UnionWith(await source.Task);
        return [.. missing];
    }

    /// <summary>Brings single files and nodes here, as far as it has them; false when it lacks one.</summary>
    public async Task<bool> BringAsync(IReadOnlyCollection<Digest> digests)
    {
        store.Lost.Forget(digests);
        await FilesAsync(digests.ToDictionary(digest => digest, _ => false));
        return digests.All(store.Has);
    }

    /// <summary>Whether all content of a value was brought here by this process.</summary>
    public bool IsHere(Digest digest) => fetched.TryGetValue(digest, out var task) && task is { IsCompletedSuccessfully: true, Result.IsEmpty: true };

    /// <summary>Gives it a result, in the background, when it may be given any.</summary>
    public void Offer(Digest key, Reapi.ActionResult result, IReadOnlyCollection<IMessage> described)
    {
        if (options.Upload)
            Uploads.Offer(key, result, described, limits.Value);
    }

    /// <summary>As the other, of a result that was here already, if the cache has none.</summary>
    public void OfferKnown(Digest key, Reapi.ActionResult result, IReadOnlyCollection<IMessage> described)
    {
        if (options.Upload)
            Uploads.Offer(key, result, described, limits.Value, onlyIfNew: true);
    }

    /// <summary>Waits until all that was offered is given, or cannot be.</summary>
    public Task FinishAsync() => Uploads.FinishAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Uploads.Dispose();
        asked.Dispose();
        streams.Dispose();
        return transport.DisposeAsync();
    }

    async Task<RemoteLimits?> ConnectAsync()
    {
        try
        {
            return await link.AskAsync(transport.ConnectAsync, lookUp, stop);
        }
        catch (RemoteException)
        {
            return null;
        }
    }

    // What a server ran itself has modes in its trees that ours have not, so their roots are to be made from the whole.
    async Task TakeRootAsync(Reapi.OutputDirectory directory, bool isOurs)
    {
        var tree = directory.TreeDigest?.ToDigest();
        if (!isOurs || directory.RootDirectoryDigest is null)
            directory.RootDirectoryDigest = (await TreeAsync(tree ?? throw new RemoteException(RemoteFault.Wrong, $"its result has no tree of `{directory.Path}`"))).ToReapi();
        else if (tree is { } known)
            treeOfRoot[directory.RootDirectoryDigest.ToDigest()] = known;
    }

    async Task<Digest> TreeAsync(Digest digest)
    {
        var bytes = await ReadAsync(digest) ?? throw new RemoteException(RemoteFault.NotFound, "it lacks a tree of its result");
        try
        {
            return RemoteForm.Take(Reapi.Tree.Parser.ParseFrom(bytes.Span), store);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RemoteException(RemoteFault.Wrong, $"its tree `{digest.Prefix}` is none: {e.Message}", e);
        }
    }

    async Task NodesAsync(Digest root)
    {
        try
        {
            if (treeOfRoot.TryGetValue(root, out var tree) && !store.Has(root) && await TreeAsync(tree) == root)
                return;
            // Level by level: the round trips are as many as the tree is deep.
            var level = new List<Digest> { root };
            var seen = new HashSet<Digest>();
            while (level.Count > 0)
            {
                await FilesAsync(level.Where(digest => !store.Has(digest)).ToDictionary(digest => digest, _ => false));
                level = [.. level.Where(store.Has).SelectMany(digest => store.GetDirectory(digest).Directories.Select(child => RemoteForm.Checked(child.Digest))).Where(seen.Add)];
            }
        }
        catch (RemoteException e)
        {
            if (e.Fault == RemoteFault.Wrong)
                link.Close(e.Message);
        }
        catch (InvalidProtocolBufferException e)
        {
            link.Close($"what it has as a folder is none: {e.Message}");
        }
    }

    // All at once, so that small files of many values share calls.
    async Task BringAsync(Dictionary<OutputValue, TaskCompletionSource<ImmutableArray<Digest>>> wanted)
    {
        try
        {
            await Parallel.ForEachAsync(wanted.Keys.Where(value => value.Kind == OutputKind.Tree), new ParallelOptions { MaxDegreeOfParallelism = StreamsAtOnce, CancellationToken = stop }, async (value, _) => await NodesAsync(value.Digest));
            var files = new Dictionary<Digest, bool>();
            var parts = wanted.Keys.ToDictionary(value => value, value => PartsOf(value, files));
            await FilesAsync(files.Where(file => !store.Has(file.Key)).ToDictionary());
            foreach (var (value, source) in wanted)
            {
                ImmutableArray<Digest> lacks = [.. parts[value].Where(digest => !store.Has(digest))];
                // What is lacking now may be asked for again.
                if (lacks.Length > 0)
                    fetched.TryRemove(value.Digest, out _);
                source.SetResult(lacks);
            }
        }
        catch (Exception e)
        {
            foreach (var (value, source) in wanted)
            {
                fetched.TryRemove(value.Digest, out _);
                if (e is OperationCanceledException)
                    source.TrySetCanceled();
                else
                    source.TrySetException(e);
                _ = source.Task.Exception;
            }

            throw;
        }
    }

    // A missing node is all that is known of what lies below it.
    HashSet<Digest> PartsOf(OutputValue value, Dictionary<Digest, bool> files)
    {
        var parts = new HashSet<Digest>();
        if (value.Kind == OutputKind.File)
        {
            files[value.Digest] = value.Executable || files.GetValueOrDefault(value.Digest);
            return [value.Digest];
        }

        foreach (var (digest, node) in NodeWalk.Below([value.Digest], store.GetDirectory))
        {
            if (node is null)
                parts.Add(digest);
            foreach (var file in node?.Files ?? [])
            {
                parts.Add(file.Digest.ToDigest());
                files[file.Digest.ToDigest()] = file.IsExecutable || files.GetValueOrDefault(file.Digest.ToDigest());
            }
        }

        return parts;
    }

    // What it lacks stays absent; whoever needs it finds out.
    async Task FilesAsync(Dictionary<Digest, bool> wanted)
    {
        if (wanted.Count == 0 || await limits.Value is not { } limit)
            return;
        var small = wanted.Where(file => file.Key.SizeBytes < limit.BatchBytes / 4).ToList();
        var work = Batches(small, limit.BatchBytes).Select(part => (Func<Task>)(() => BatchAsync(part)))
            .Concat(wanted.Where(file => file.Key.SizeBytes >= limit.BatchBytes / 4).Select(file => (Func<Task>)(() => StreamAsync(file.Key, file.Value))));
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = StreamsAtOnce, CancellationToken = stop }, async (act, _) =>
        {
            await streams.WaitAsync(stop);
            try
            {
                if (link.IsOpen)
                    await act();
            }
            catch (RemoteException e)
            {
                if (e.Fault == RemoteFault.Wrong)
                    link.Close(e.Message);
            }
            finally
            {
                streams.Release();
            }
        });
    }

    async Task BatchAsync(IReadOnlyList<KeyValuePair<Digest, bool>> files)
    {
        var found = await link.AskAsync(cancel => transport.ReadManyAsync([.. files.Select(file => file.Key)], cancel), batch, stop);
        foreach (var (digest, executable) in files)
        {
            if (!found.TryGetValue(digest, out var bytes))
                continue;
            counts.Receive(bytes.Length);
            if (Digest.Of(bytes.Span) != digest)
                throw Other(digest);
            store.Objects.Put(digest, bytes.Span, executable);
        }
    }

    async Task StreamAsync(Digest digest, bool executable)
    {
        var path = store.Folder.TemporaryPath();
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                try
                {
                    await link.AskAsync(async cancel =>
                    {
                        // What an attempt before this one brought is gone on with.
                        var offset = file.Position;
                        try
                        {
                            await transport.ReadAsync(digest, offset, file, cancel);
                            return true;
                        }
                        finally
                        {
                            counts.Receive(file.Position - offset);
                        }
                    }, Timeout.InfiniteTimeSpan, stop);
                }
                catch (IOException e) when (DiskSpace.IsExhausted(e))
                {
                    throw DiskSpace.Full(path, digest.SizeBytes, e);
                }
            }

            if (await store.PutFileAsync(path, executable, move: true, stop) != digest)
                throw Other(digest);
        }
        finally
        {
            File.Delete(path);
        }
    }

    async Task<ReadOnlyMemory<byte>?> ReadAsync(Digest digest)
    {
        if (store.Has(digest))
            return store.Read(digest);
        await FilesAsync(new() { [digest] = false });
        return store.Has(digest) ? store.Read(digest) : null;
    }

    static RemoteException Other(Digest digest) => new(RemoteFault.Wrong, $"what it sends for `{digest.Prefix}` is something else");

    /// <summary>Parts whose blobs together fit into one call.</summary>
    internal static IEnumerable<IReadOnlyList<KeyValuePair<Digest, T>>> Batches<T>(IEnumerable<KeyValuePair<Digest, T>> blobs, int most)
    {
        const int share = 200;
        var part = new List<KeyValuePair<Digest, T>>();
        long bytes = 0;
        foreach (var blob in blobs)
        {
            if (part.Count > 0 && bytes + blob.Key.SizeBytes + share > most)
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(blob);
            bytes += blob.Key.SizeBytes + share;
        }

        if (part.Count > 0)
            yield return part;
    }
}

/// <summary>A cache elsewhere, and what may be done with it.</summary>
/// <param name="Open">Makes what it is asked by; each build makes one and disposes it.</param>
/// <param name="Upload">Whether results of this build are given to it.</param>
/// <param name="Shares">Whether its results may serve other workspaces: a workspace that names a cache may believe it, but for itself alone.</param>
public sealed record RemoteOptions(Func<IRemoteTransport> Open, bool Upload, bool Shares = true);
