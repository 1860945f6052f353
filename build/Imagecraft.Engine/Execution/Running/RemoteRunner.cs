// Runs one process action elsewhere: its inputs go there, its outputs stay there until somebody needs them. Unaware of the graph and of protocols.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Execution.Reproducibility;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

/// <param name="cache">The store of the executor.</param>
/// <param name="executor">Who runs it.</param>
/// <param name="link">Closed when it proves useless; then actions run here.</param>
/// <param name="manifests">Stores what comes from workspace and plan.</param>
sealed class RemoteRunner(RemoteCache cache, IRemoteExecutor executor, RemoteLink link, ManifestBuilder manifests)
{
    static readonly TimeSpan lookUp = TimeSpan.FromSeconds(8);
    Task<bool>? connected;

    /// <summary>For people.</summary>
    public string Name => executor.Name;

    /// <summary>Whether it is still worth asking.</summary>
    public bool IsOpen => link.IsOpen && cache.IsOpen;

    /// <summary>Whether an action may run elsewhere: what is done in folders of this machine may not.</summary>
    public static bool Takes(ActionNode action) =>
        action.Work is ActionWork.Process { KeptFolder: null } && !action.Inputs.Any(input => input.Source is InputSource.Local { IsInPlace: true });

    /// <summary>Runs it; null when that cannot be done there, and it has to run here.</summary>
    /// <exception cref="ContentMissingException">Neither side has some of its inputs.</exception>
    public async Task<RunResult?> RunAsync(RunContext context, string log, CancellationToken stop)
    {
        try
        {
            if (!await ConnectAsync(stop))
                return null;
            await manifests.StoreOwnInputsAsync(context.Action, stop);
            await cache.GiveInputsAsync(context.InputRoot, context.Described);
            var run = await ExecuteAsync(context, stop);
            if (run.End == RemoteEnd.InputsMissing)
            {
                // It lost them between our question and the run: all is asked again, once.
                cache.ForgetGiven();
                await cache.GiveInputsAsync(context.InputRoot, context.Described);
                run = await ExecuteAsync(context, stop);
            }

            return await ResultAsync(context, run, log);
        }
        catch (RemoteException e)
        {
            link.Close(e.Message);
            return null;
        }
    }

    // It goes through broken connections by itself.
    Task<RemoteRun> ExecuteAsync(RunContext context, CancellationToken stop) =>
        link.AskAsync(cancel => executor.ExecuteAsync(context.Key, context.IsForced, cancel), Timeout.InfiniteTimeSpan, stop, attempts: 1);

    // One question for all, by whoever comes first.
    Task<bool> ConnectAsync(CancellationToken stop)
    {
        lock (link)
            return connected ??= AskAsync();

        async Task<bool> AskAsync()
        {
            try
            {
                return await link.AskAsync(
                    async cancel =>
                    {
                        await executor.ConnectAsync(cancel);
                        return true;
                    },
                    lookUp,
                    stop);
            }
            catch (RemoteException)
            {
                return false;
            }
        }
    }

    async Task<RunResult?> ResultAsync(RunContext context, RemoteRun run, string log)
    {
        if (run.End == RemoteEnd.InputsMissing)
            throw new RemoteException(RemoteFault.Wrong, $"it lacks inputs that it was given: {run.Message}");
        if (run.Result is { } printed)
            await cache.WriteLogAsync(printed, log);
        var action = context.Action;
        if (run.End == RemoteEnd.TimedOut)
            return Failed($"`{action.Id}` took longer than its limit of {action.Timeout.TotalSeconds:0.#} s and was stopped, on {Name}");
        var result = run.Result ?? throw new RemoteException(RemoteFault.Wrong, "it ends an action without a result");
        if (result.ExitCode != 0)
            return Failed($"`{action.Id}` {ExitWords.Of(result.ExitCode)}, on {Name}{(run.Message.Length > 0 ? $" ({run.Message})" : "")}");
        await cache.TakeResultAsync(result);
        var outputs = ResultMessage.Outputs(context.Manifest, result);
        if (outputs is null)
        {
            var there = result.OutputFiles.Select(file => file.Path).Concat(result.OutputDirectories.Select(directory => directory.Path)).ToHashSet();
            var absent = action.Outputs.Where(output => !there.Contains(ManifestKey.OutputPath(output, context.Manifest.WorkingDirectory))).Select(output => $"`{output.Name}` ({output.Path})").ToList();
            return Failed(absent.Count > 0
                ? $"`{action.Id}` succeeded on {Name} but did not make its declared outputs [{string.Join(", ", absent)}]"
                : $"`{action.Id}` made outputs of another kind than declared on {Name}: files for folders or folders for files");
        }

        return new RunResult.Succeeded(outputs, 0) { Warnings = LogLint.Find(log), RanAt = Name };

        RunResult.Failed Failed(string message) => new(new ActionFailure(FailureKind.User, message, log, LogTail.Read(log)) { FirstError = LogErrors.Read(log) });
    }
}
