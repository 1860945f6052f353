// Copies results from cache to cache, outside of builds. Unaware of where the other one lies.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Remote;

/// <summary>Gives results of a local cache away, and takes others in.</summary>
/// <param name="store">The local cache.</param>
/// <param name="cache">Its results.</param>
public sealed class CacheExchange(ContentStore store, ActionCache cache)
{
    const int AtOnce = 8;

    /// <summary>Gives results with all their content, as far as the other side lacks them.</summary>
    /// <param name="keys">Which.</param>
    /// <param name="to">The other side.</param>
    /// <param name="cancellationToken">Ends it; what was given until then is whole.</param>
    /// <exception cref="RemoteException">It cannot be given.</exception>
    public async Task<ExchangeReport> GiveAsync(IReadOnlyCollection<Digest> keys, IRemoteTransport to, CancellationToken cancellationToken)
    {
        using var lease = store.BeginLease();
        string? problem = null;
        var counts = new RemoteCounts();
        using var uploads = new RemoteUploads(to, store, new RemoteLink(to.Name, "", words => problem = words), counts, cancellationToken);
        var limits = to.ConnectAsync(cancellationToken);
        await limits;
        var lacking = 0;
        foreach (var key in keys.DistinctBy(key => key.Hash))
        {
            if (cache.TryGet(key) is { } result)
                uploads.Offer(key, result, [], limits!, onlyIfNew: true);
            else
                lacking++;
        }

        await uploads.FinishAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (problem is not null)
            throw new RemoteException(RemoteFault.Unavailable, problem[(problem.LastIndexOf("build: ", StringComparison.Ordinal) + "build: ".Length)..]);
        var use = counts.Read(to.Name);
        return new ExchangeReport(use.Stored, keys.Count - lacking - use.Stored, lacking, use.BytesUp);
    }

    /// <summary>Takes results in, each when all its content has come.</summary>
    /// <param name="keys">Which.</param>
    /// <param name="from">The other side.</param>
    /// <param name="cancellationToken">Ends it; what was taken until then is whole.</param>
    /// <exception cref="RemoteException">The other side has something else than it says, or cannot be asked.</exception>
    public async Task<ExchangeReport> TakeAsync(IReadOnlyCollection<Digest> keys, Func<IRemoteTransport> from, CancellationToken cancellationToken)
    {
        using var lease = store.BeginLease();
        string? problem = null;
        await using var remote = new RemoteCache(new RemoteOptions(from, Upload: false), store, words => problem = words, cancellationToken);
        int taken = 0, known = 0, lacking = 0;
        await Parallel.ForEachAsync(keys.DistinctBy(key => key.Hash), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (key, _) =>
        {
            if (cache.TryGet(key) is not null)
            {
                Interlocked.Increment(ref known);
                return;
            }

            var result = await remote.FindAsync(key, inputRoot: null);
            var values = result?.OutputFiles.Select(file => new OutputValue(file.Digest.ToDigest(), OutputKind.File, file.IsExecutable))
                .Concat(result.OutputDirectories.Select(directory => new OutputValue(directory.RootDirectoryDigest.ToDigest(), OutputKind.Tree)));
            if (values is null || (await remote.BringAsync(values)).Length > 0)
            {
                Interlocked.Increment(ref lacking);
                return;
            }

            if (result!.StdoutDigest is { } log)
                await remote.BringAsync([log.ToDigest()]);
            cache.Put(key, result);
            Interlocked.Increment(ref taken);
        });
        return problem is null
            ? new ExchangeReport(taken, known, lacking, remote.Use.BytesDown)
            : throw new RemoteException(RemoteFault.Wrong, problem[(problem.LastIndexOf("build: ", StringComparison.Ordinal) + "build: ".Length)..]);
    }
}

/// <summary>What an exchange did.</summary>
/// <param name="Copied">Results that are new on the other side, or here.</param>
/// <param name="Known">Those that were there already.</param>
/// <param name="Lacking">Those that are not whole where they were to come from.</param>
/// <param name="Bytes">Content that was copied.</param>
public sealed record ExchangeReport(int Copied, int Known, int Lacking, long Bytes);
