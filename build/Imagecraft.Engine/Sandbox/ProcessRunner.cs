// Runs a process action in its sandbox, takes its outputs into the store, and says in words what went wrong. Unaware of the graph.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Sandbox;

sealed class ProcessRunner(ContentStore store, CarriedFolder carried, EngineOptions options, string jobserverPath)
{
    public async Task<RunResult> RunAsync(RunContext context, OutputValue? sandboxRoot, string scratch, string log, CancellationToken stop, CancellationToken kill)
    {
        var action = context.Action;
        if (sandboxRoot is null)
            return new RunResult.Failed(new ActionFailure(FailureKind.Environment, $"`{action.Id}` is a process, but no tool root with bubblewrap is known", null, []));
        var plan = new SandboxPlan(store, options);
        var spec = await plan.MakeAsync(action, context.Manifest, sandboxRoot, scratch, action.Resources.Jobserver ? jobserverPath : null, stop);
        var follows = ((ActionWork.Process)action.Work).Follows;
        if (!follows.IsEmpty)
            await carried.RestoreAsync(context.Manifest, follows, spec.BuildFolder, stop);
        spec.MakeOutputFolders(action);
        var killsBefore = SystemMemory.OutOfMemoryKills();
        // A second earlier, because the kernel's log has a clock of its own.
        var began = TimeSpan.FromMilliseconds(Environment.TickCount64 - 1000);
        using var watch = new ProcessWatch(action.Timeout, options.Grace, stop, kill);
        var exit = await ChildProcess.RunAsync(Bubblewrap.Command(spec), log, watch.Started);
        watch.Ended();
        // The child began as a copy of this process, whose size the kernel counts in; only what is larger is the child's own.
        var peak = Math.Max(watch.PeakBytes, exit.LargestProcessBytes > SystemMemory.OwnPeakBytes() ? exit.LargestProcessBytes : 0);
        if (watch.Stopped)
            return Failure(FailureKind.Cancelled, "Stopped by the user");
        if (watch.TimedOut)
            return Failure(FailureKind.User, $"`{action.Id}` took longer than its limit of {action.Timeout.TotalSeconds:0.#} s and was killed");
        if (exit.ExitCode == 0)
        {
            RefuseKeys(spec, action, keepsFolder: !follows.IsEmpty);
            var outputs = await TakeOutputsAsync(spec, action, stop);
            if (!follows.IsEmpty)
                await carried.KeepAsync(context.Manifest, follows, spec.BuildFolder, stop);
            return new RunResult.Succeeded(outputs, peak);
        }

        var tail = LogTail.Read(log);
        if (tail is [.., var last] && last.StartsWith("bwrap: ", StringComparison.Ordinal))
            return SandboxFailure(last["bwrap: ".Length..]);
        if (SystemMemory.OutOfMemoryKills() > killsBefore)
            return Failure(FailureKind.Environment, $"`{action.Id}` {ExitWords.Of(exit.ExitCode)}; the kernel ran out of memory and killed a process meanwhile (peak {peak >> 20} MiB). Free some memory, or run fewer actions at once with `--jobs`");
        if (tail.Any(l => l.Contains("No space left on device", StringComparison.Ordinal)))
            return Failure(FailureKind.Environment, Failures.DiskFull($"`{action.Id}` {ExitWords.Of(exit.ExitCode)}", scratch));
        return Failure(FailureKind.User, $"`{action.Id}` {ExitWords.Of(exit.ExitCode)}{ExitWords.OfIllegalInstruction(exit.ExitCode, tail, began)}");

        RunResult Failure(FailureKind kind, string message) => new RunResult.Failed(new ActionFailure(kind, message, log, LogTail.Read(log)), peak);

        RunResult SandboxFailure(string message) => message.StartsWith("execvp ", StringComparison.Ordinal)
            ? Failure(FailureKind.User, $"`{action.Id}` could not start `{spec.Arguments[0]}`: {message[(message.LastIndexOf(':') + 1)..].Trim()}; is the package that has it in the tool root?")
            : Failure(FailureKind.Environment, $"The sandbox of `{action.Id}` could not be made: {message}; `./build.sh doctor` says what the machine lacks");
    }

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
                store.RefuseLoss(path);
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
