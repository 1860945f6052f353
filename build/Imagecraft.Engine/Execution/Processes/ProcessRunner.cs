// Runs a process action in its sandbox and takes its outputs into the store. Unaware of the graph.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Processes;

sealed class ProcessRunner(ContentStore store, CarriedFolder carried, EngineOptions options, string jobserverPath)
{
    public async Task<RunResult> RunAsync(RunContext context, OutputValue? sandboxRoot, string scratch, string log, CancellationToken stop, CancellationToken kill)
    {
        var action = context.Action;
        if (sandboxRoot is null)
            return new RunResult.Failed(new ActionFailure(FailureKind.Environment, $"`{action.Id}` is a process, but no tool root with bubblewrap is known", null, []));
        var plan = new SandboxPlan(store, options);
        var work = (ActionWork.Process)action.Work;
        var (follows, kept) = context.Afresh ? ([], null) : (work.Follows, work.KeptFolder is { } path ? new KeptFolder(store, path) : null);
        var isCarried = kept is null && !follows.IsEmpty;
        var spec = await plan.MakeAsync(action, context.Manifest, sandboxRoot, scratch, action.Resources.Jobserver ? jobserverPath : null, kept, stop);
        kept?.Open(context.Manifest, follows);
        if (isCarried)
            await carried.RestoreAsync(context.Manifest, follows, spec.BuildFolder, stop);
        OutputFolders.Make(spec, action);
        // A second earlier, because the kernel's log has a clock of its own.
        var began = TimeSpan.FromMilliseconds(Environment.TickCount64 - 1000);
        var exit = await SandboxRun.RunAsync(spec, log, options.Grace, stop, kill);
        // What outlives a command that ended by itself is no part of its work.
        if (exit.End is SandboxEnd.Exited || exit.IsOrderly)
            kept?.Close(context.Manifest, follows);
        LogTail.Shorten(log, spec.Limits.LogBytes);
        if (ExitFailure.Of(exit, spec, action, log, began) is { } failure)
        {
            var goesOn = isCarried && exit is { End: SandboxEnd.Stopped or SandboxEnd.TimedOut, IsOrderly: true } && await KeepBeginningAsync(context, spec, follows, kill);
            return new RunResult.Failed(goesOn ? failure with { Message = failure.Message + "; what was made until then is kept, and the next call goes on from there" } : failure, exit.PeakMemoryBytes);
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(action.Timeout);
            RefuseKeys(spec, action, keepsFolder: isCarried);
            var outputs = await TakeOutputsAsync(spec, action, limit.Token);
            if (isCarried)
                await carried.KeepAsync(context.Manifest, follows, spec.BuildFolder, limit.Token);
            return new RunResult.Succeeded(outputs, exit.PeakMemoryBytes);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            // A file of holes is quickly made, and its zeros are hashed all the same.
            throw new ActionFailedException($"`{action.Id}` took longer than its limit of {action.Timeout.TotalSeconds:0.#} s to store what it made; look for files that are mostly holes, or for very many", e);
        }
        catch (Exception e) when (IsTooDeep(e))
        {
            throw new ActionFailedException($"`{action.Id}` leaves folders below `/out` or `/build` that are so deep that a path is longer than the 4,095 bytes that Linux takes at once; make them less deep, or let the action remove them", e);
        }
    }

    // What was being written when the processes were told to end is finished or cleared away, so the tool may take the folder for its own.
    async Task<bool> KeepBeginningAsync(RunContext context, SandboxSpec spec, ImmutableArray<string> follows, CancellationToken kill)
    {
        try
        {
            return !PrivateKeys.In(spec.BuildFolder).Any() && await carried.KeepAsync(context.Manifest, follows, spec.BuildFolder, kill);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    static bool IsTooDeep(Exception e) => e is PathTooLongException || (e is AggregateException several && several.Flatten().InnerExceptions.All(IsTooDeep));

    async Task<ImmutableSortedDictionary<string, OutputValue>> TakeOutputsAsync(SandboxSpec spec, ActionNode action, CancellationToken cancellationToken)
    {
        var taken = ImmutableSortedDictionary.CreateBuilder<string, OutputValue>(StringComparer.Ordinal);
        foreach (var output in action.Outputs)
        {
            var path = spec.HostPath(output.Path)!;
            RefuseLinks(output, path, spec, action);
            // Outputs may lie in one another; only one that stands alone may be moved.
            var move = !action.Outputs.Any(o => o != output && (o.Path == output.Path || o.Path.StartsWith(output.Path + "/", StringComparison.Ordinal) || output.Path.StartsWith(o.Path + "/", StringComparison.Ordinal)));
            if (output.Kind == OutputKind.Tree && Directory.Exists(path))
            {
                taken[output.Name] = new OutputValue(await store.PutTreeAsync(path, move, cancellationToken), OutputKind.Tree);
            }
            else if (output.Kind == OutputKind.File && File.Exists(path))
            {
                store.Attributes.RefuseLoss(path);
                var executable = (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
                taken[output.Name] = new OutputValue(await store.PutFileAsync(path, executable, move, cancellationToken), OutputKind.File, executable);
            }
        }

        return taken.ToImmutable();
    }

    // Before anything is taken: what is stored is never forgotten on purpose.
    static void RefuseKeys(SandboxSpec spec, ActionNode action, bool keepsFolder)
    {
        var places = keepsFolder ? action.Outputs.Select(o => o.Path).Append("/build") : action.Outputs.Select(o => o.Path);
        var keys = places.SelectMany(place => PrivateKeys.In(spec.HostPath(place)!).Select(file => $"`{place}{file[spec.HostPath(place)!.Length..]}`")).Distinct().Take(MostKeys).ToList();
        if (keys.Count > 0)
            throw new ActionFailedException($"`{action.Id}` leaves private keys in [{string.Join(", ", keys)}], which {PrivateKeys.Reason}; make keys on the board, sign after the build, or let the action remove them");
    }

    const int MostKeys = 10;

    // A link would be followed here, outside of the sandbox, to something else than the action saw.
    static void RefuseLinks(OutputSpec output, string path, SandboxSpec spec, ActionNode action)
    {
        for (var at = path; at != spec.OutFolder && at != spec.BuildFolder; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is { } target)
                throw new ActionFailedException($"Output `{output.Name}` of `{action.Id}` is or lies behind a symbolic link to `{target}`; make it a real {(output.Kind == OutputKind.Tree ? "folder" : "file")} at `{output.Path}`");
        }
    }
}
