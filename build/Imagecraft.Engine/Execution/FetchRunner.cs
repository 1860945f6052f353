// Runs a download, resumable across builds, and checks what came. Unaware of protocols.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

sealed class FetchRunner(ContentStore store, IFetcher fetcher, EngineOptions options)
{
    /// <summary>The name of a fetch's one output.</summary>
    public const string Output = "file";

    public async Task<RunResult> RunAsync(RunContext context, ActionWork.Fetch fetch, string folder, CancellationToken cancellationToken)
    {
        if (options.Offline)
        {
            return new RunResult.Failed(new ActionFailure(
                FailureKind.Environment,
                $"`{fetch.FileName}` is not in the cache and `--offline` forbids its download; run `./build.sh fetch` once with a network",
                null,
                []));
        }

        var partial = Path.Combine(options.CacheRoot, "partial");
        Directory.CreateDirectory(partial);
        using var owner = FileLock.TryTake(Path.Combine(partial, fetch.Sha256 + ".lock"));
        // Another build fetches the same file right now: fetch it too, without its partial file.
        var path = Path.Combine(owner is null ? folder : partial, fetch.Sha256);
        await fetcher.FetchAsync(fetch, path, new Forward(context.Progress), cancellationToken);
        if (PrivateKeys.IsOne(path))
        {
            File.Delete(path);
            throw new FetchFailedException($"`{fetch.FileName}` holds a private key, which {PrivateKeys.Reason}; sign after the build, with a key that is no part of it", userError: true);
        }

        var digest = await store.PutFileAsync(path, executable: false, move: true, cancellationToken);
        if (digest.Hash != fetch.Sha256)
            throw new FetchFailedException($"`{fetch.FileName}` has SHA-256 `{digest.Hash}`, expected is `{fetch.Sha256}`", userError: true);
        var value = new OutputValue(digest, OutputKind.File);
        return new RunResult.Succeeded(ImmutableSortedDictionary<string, OutputValue>.Empty.Add(Output, value), 0);
    }

    // Progress<T> would post to the thread pool and reorder; this forwards at once.
    sealed class Forward(Action<long, long?> report) : IProgress<(long Received, long? Total)>
    {
        public void Report((long Received, long? Total) value) => report(value.Received, value.Total);
    }
}
