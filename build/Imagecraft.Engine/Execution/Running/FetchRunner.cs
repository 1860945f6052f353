// Runs a download, resumable across builds, and checks what came. Unaware of protocols.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

sealed class FetchRunner(ContentStore store, IFetcher fetcher, EngineOptions options)
{
    /// <summary>The name of a fetch's one output.</summary>
    public const string Output = "file";

    /// <summary>Of how a commit's files become a tar; another one fetches anew.</summary>
    public const string TarRevision = "1";

    public async Task<RunResult> RunAsync(RunContext context, ActionWork.Fetch fetch, string folder, CancellationToken cancellationToken)
    {
        if (options.Offline)
            return Forbidden(fetch.FileName);
        var partial = Path.Combine(options.CacheRoot, "partial");
        Directory.CreateDirectory(partial);
        var name = fetch.Integrity is { } integrity ? Digest.Of(System.Text.Encoding.UTF8.GetBytes(integrity)).Hash : fetch.Sha256;
        using var owner = FileLock.TryTake(Path.Combine(partial, name + ".lock"));
        // Another build fetches the same file right now: fetch it too, without its partial file.
        var path = Path.Combine(owner is null ? folder : partial, name);
        await fetcher.FetchAsync(fetch, path, new Forward(context.Progress), cancellationToken);
        if (PrivateKeys.IsOne(path))
        {
            File.Delete(path);
            throw new FetchFailedException($"`{fetch.FileName}` holds a private key, which {PrivateKeys.Reason}; sign after the build, with a key that is no part of it", userError: true);
        }

        var digest = await store.PutFileAsync(path, executable: false, move: true, cancellationToken);
        return Taken(digest, fetch.FileName, fetch.Integrity is null ? fetch.Sha256 : null);
    }

    /// <summary>The same for a commit. Nothing of it is resumed.</summary>
    public async Task<RunResult> RunAsync(RunContext context, ActionWork.FetchCommit fetch, OutputValue? sandboxRoot, string folder, CancellationToken cancellationToken)
    {
        if (options.Offline)
            return Forbidden(fetch.FileName);
        if (sandboxRoot is null)
            throw new InvalidOperationException("No tool root with bubblewrap is known");
        var tools = new FetchTools(
            await store.MaterializeAsync(sandboxRoot.Digest, cancellationToken),
            await store.MaterializeAsync(TreeMerge.Merge(store, context.Manifest.Tools.Select(t => (t.MountPath, t.Value))), cancellationToken));
        var path = Path.Combine(folder, fetch.Commit);
        await fetcher.FetchCommitAsync(fetch, tools, path, new Forward(context.Progress), cancellationToken);
        return Taken(await store.PutFileAsync(path, executable: false, move: true, cancellationToken), fetch.FileName, fetch.Sha256);
    }

    static RunResult.Failed Forbidden(string fileName) => new(new ActionFailure(
        FailureKind.Environment,
        $"`{fileName}` is not in the cache and `--offline` forbids its download; run `./build.sh fetch` once with a network",
        null,
        []));

    static RunResult.Succeeded Taken(Digest digest, string fileName, string? expected)
    {
        if (expected is not null && digest.Hash != expected)
            throw new FetchFailedException($"`{fileName}` has SHA-256 `{digest.Hash}`, expected is `{expected}`", userError: true);
        return new RunResult.Succeeded(ImmutableSortedDictionary<string, OutputValue>.Empty.Add(Output, new OutputValue(digest, OutputKind.File)), 0);
    }

    // Progress<T> would post to the thread pool and reorder; this forwards at once.
    sealed class Forward(Action<long, long?> report) : IProgress<(long Received, long? Total)>
    {
        public void Report((long Received, long? Total) value) => report(value.Received, value.Total);
    }
}
