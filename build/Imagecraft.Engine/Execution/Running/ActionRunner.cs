// Runs one action of any kind and records its result in the cache. Unaware of the graph and of when it is called.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Execution.Reproducibility;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

/// <summary>What a run is given.</summary>
sealed record RunContext(ActionNode Action, ActionManifest Manifest, Digest Key, Digest InputRoot, Action<long, long?> Progress)
{
    /// <summary>Nothing of earlier runs is used, and nothing is kept for later ones.</summary>
    public bool Afresh { get; init; }

    /// <summary>What it reads that a cache elsewhere has, and that is not all here.</summary>
    public ImmutableArray<OutputValue> Elsewhere { get; init; } = [];

    /// <summary>It is to run elsewhere.</summary>
    public bool RunsElsewhere { get; init; }

    /// <summary>It runs although a result is known, whose content is gone.</summary>
    public bool IsForced { get; init; }

    /// <summary>Action and command of the key, as the protocol has them.</summary>
    public ImmutableArray<IMessage> Described { get; init; } = [];
}

sealed class ActionRunner(
    EngineOptions options,
    ContentStore store,
    ActionCache cache,
    ManifestBuilder manifests,
    IFetcher fetcher,
    ScratchFolder scratch,
    Jobserver jobserver,
    Func<OutputValue?> sandboxRoot,
    RemoteWork? remote,
    CancellationToken stop,
    CancellationToken kill)
{
    readonly SecondRun again = new(store, options.VerifiedShare, Path.Combine(options.StateFolder, "differences"));

    /// <summary>Runs it; every outcome is a value.</summary>
    public async Task<RunResult> RunAsync(RunContext context)
    {
        var log = Path.Combine(options.LogFolder, FileNames.Of(context.Action.Id) + ".log");
        try
        {
            Directory.CreateDirectory(options.LogFolder);
            File.Delete(log);
            if (context.RunsElsewhere)
                return await remote!.RunElsewhereAsync(context, log, stop) ?? new RunResult.Refused();
            var folder = scratch.New();
            try
            {
                if (!context.Elsewhere.IsEmpty && await remote!.BringAsync(context.Elsewhere) is { Length: > 0 } missing)
                    return new RunResult.Lost(missing);
                var result = await RunWorkAsync(context, folder, log);
                if (result is RunResult.Succeeded succeeded)
                {
                    CheckOutputs(context, succeeded.Outputs);
                    manifests.RefuseChanged(context.Manifest);
                    succeeded = succeeded with { Warnings = LogLint.Find(log) };
                    result = again.Chooses(context.Action.Work, context.Key) ? await RunAgainAsync(context, succeeded, log) : succeeded;
                    if (result is RunResult.Succeeded)
                        await PublishAsync(context, succeeded, log);
                }

                return result;
            }
            finally
            {
                ScratchFolder.Remove(folder);
            }
        }
        catch (ContentMissingException e)
        {
            return new RunResult.Lost(e.Digests);
        }
        catch (Exception e)
        {
            return new RunResult.Failed(Failures.Of(e, stop, File.Exists(log) ? log : null));
        }
    }

    async Task PublishAsync(RunContext context, RunResult.Succeeded succeeded, string log)
    {
        var result = ResultMessage.Of(context.Manifest, succeeded.Outputs, context.InputRoot, DateTimeOffset.UtcNow, await StoreLogAsync(log));
        cache.Put(context.Key, result);
        // What is for whoever works there is of no use to others.
        if (context.Action.Work is not ActionWork.Process { KeptFolder: not null })
            remote?.Offer(context, result);
    }

    async Task<RunResult> RunAgainAsync(RunContext context, RunResult.Succeeded first, string log)
    {
        var folder = scratch.New();
        var secondLog = Path.ChangeExtension(log, ".second.log");
        try
        {
            File.Delete(secondLog);
            var result = await RunWorkAsync(context with { Afresh = true }, folder, secondLog);
            if (result is not RunResult.Succeeded second)
                return result is RunResult.Failed { Failure.Kind: FailureKind.User } failed ? failed with { Failure = failed.Failure with { Message = $"Run a second time, {failed.Failure.Message}" } } : result;
            CheckOutputs(context, second.Outputs);
            if (await again.DifferenceAsync(context.Action.Id, first.Outputs, second.Outputs, stop) is { } difference)
                return new RunResult.Failed(new ActionFailure(FailureKind.User, difference, log, []), second.PeakMemoryBytes);
            File.Delete(secondLog);
            return first with { RunTwice = true };
        }
        finally
        {
            ScratchFolder.Remove(folder);
        }
    }

    async Task<RunResult> RunWorkAsync(RunContext context, string folder, string log)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        switch (context.Action.Work)
        {
            case ActionWork.Fetch fetch:
                return await new FetchRunner(store, fetcher, options).RunAsync(context, fetch, folder, limit.Token);
            case ActionWork.FetchCommit fetch:
                return await new FetchRunner(store, fetcher, options).RunAsync(context, fetch, sandboxRoot(), folder, limit.Token);
            case ActionWork.BuiltIn builtIn:
                limit.CancelAfter(context.Action.Timeout);
                await manifests.StoreOwnInputsAsync(context.Action, limit.Token);
                try
                {
                    return await new BuiltInRunner(store, manifests.Function(builtIn, context.Action.Id)).RunAsync(context, builtIn, folder, log, limit.Token);
                }
                catch (OperationCanceledException e) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
                {
                    throw new ActionFailedException($"`{context.Action.Id}` took longer than its limit of {context.Action.Timeout.TotalSeconds:0.#} s", e);
                }

            default:
                await manifests.StoreOwnInputsAsync(context.Action, limit.Token);
                return await new ProcessRunner(store, new CarriedFolder(store, cache), options, jobserver.Path).RunAsync(context, sandboxRoot(), folder, log, stop, kill);
        }
    }

    // Whoever is given the result may want to know how it came about; but all who have the cache can read it.
    async Task<Digest?> StoreLogAsync(string log) =>
        new FileInfo(log) is { Exists: true, Length: > 0 } && !PrivateKeys.IsOne(log) ? await store.PutFileAsync(log, executable: false, move: false, stop) : null;

    static void CheckOutputs(RunContext context, ImmutableSortedDictionary<string, OutputValue> outputs)
    {
        var absent = context.Action.Outputs.Where(o => !outputs.ContainsKey(o.Name)).Select(o => $"`{o.Name}` ({o.Path})").ToList();
        if (absent.Count > 0)
            throw new ActionFailedException($"`{context.Action.Id}` succeeded but did not make its declared outputs [{string.Join(", ", absent)}]");
        var wrong = context.Action.Outputs.Where(o => outputs[o.Name].Kind != o.Kind).Select(o => $"`{o.Name}`").ToList();
        if (wrong.Count > 0)
            throw new ActionFailedException($"`{context.Action.Id}` made outputs [{string.Join(", ", wrong)}] of another kind than declared: files for folders or folders for files");
    }
}
