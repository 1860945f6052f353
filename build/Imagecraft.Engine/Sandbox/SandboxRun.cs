// Runs one sandbox from its making to the end of its last process. Unaware of actions and of the store.

using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>A specification in, an exit out.</summary>
/// <remarks>
/// <para>The first process inside is held by a descriptor and bounded before anything runs. A run is over when that process has ended, not when bubblewrap has: the kernel ends all
/// others of its namespace first, so nobody writes any more when outputs are read.</para>
/// <para>Bubblewrap's outer process would end with the command, and take what outlives it along in the midst of its work (a `tee` that the command wrote to). So it is stopped meanwhile;
/// the first process inside ends by itself when its last child has, and <see cref="SandboxWatch"/> ends those that would not.</para>
/// </remarks>
static class SandboxRun
{
    const int ContinueSignal = 18, HoldSignal = 19;

    // Whom the kernel shall kill first when memory runs out: -1000 nobody, 1000 at once.
    const string Victim = "600";

    /// <summary>Runs <paramref name="spec"/> with an empty standard input; what it prints is appended to <paramref name="log"/>.</summary>
    /// <param name="spec">What is run, where.</param>
    /// <param name="log">File for the output.</param>
    /// <param name="grace">Time between the polite and the hard end on a stop.</param>
    /// <param name="stop">Ends the processes gently.</param>
    /// <param name="kill">Ends them at once.</param>
    /// <exception cref="IOException">Bubblewrap cannot be started.</exception>
    public static Task<SandboxExit> RunAsync(SandboxSpec spec, string log, TimeSpan grace, CancellationToken stop, CancellationToken kill)
    {
        var done = new TaskCompletionSource<SandboxExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Bubblewrap follows the thread that started it (`--die-with-parent`), so one thread starts it and lives as long.
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(Run(spec, log, grace, stop, kill));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "sandbox" };
        thread.Start();
        return done.Task;
    }

    static SandboxExit Run(SandboxSpec spec, string log, TimeSpan grace, CancellationToken stop, CancellationToken kill)
    {
        SessionKeyring.Leave();
        var (statusRead, statusWrite) = Descriptors.Pipe();
        using var status = statusRead;
        using var gate = new StartGate();
        using var watch = new SandboxWatch(spec, log, grace, stop, kill);
        using var group = ControlGroup.TryCreate(spec.Limits);
        int outer;
        using (statusWrite)
        using (gate.Read)
        {
            using var filter = Bubblewrap.OpenFilter(spec);
            Descriptors.KeepFromChildren();
            outer = ChildProcess.Start(Bubblewrap.Command(spec, SandboxDescriptors.OfChild), log, [filter, statusWrite, gate.Read]);
        }

        watch.Started(outer);
        using var first = Enter(status, group, spec.Limits);
        if (first is not null)
        {
            gate.WaitForReader();
            ChildProcess.Signal(outer, HoldSignal);
            watch.Entered(first, group);
            gate.Open();
            first.WaitForEnd();
            ChildProcess.Signal(outer, ContinueSignal);
        }

        var exit = ChildProcess.Wait(outer);
        watch.Ended();
        return Judge(spec, watch, group, exit, BubblewrapStatus.ReadExitCode(status), log);
    }

    // The first process waits at the gate, so it lives.
    static PidHandle? Enter(SafeFileHandle status, ControlGroup? group, SandboxLimits limits)
    {
        if (BubblewrapStatus.ReadChild(status) is not { } pid)
            return null;
        var first = PidHandle.Open(pid);
        group?.Add(pid);
        ProcessLimits.Set(pid, limits.Processes);
        File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/oom_score_adj"), Victim);
        return first;
    }

    static SandboxExit Judge(SandboxSpec spec, SandboxWatch watch, ControlGroup? group, ChildExit outer, int? exitCode, string log)
    {
        // The child began as a copy of this process, whose size the kernel counts in; only what is larger is the child's own.
        var peak = Math.Max(watch.PeakBytes, outer.LargestProcessBytes > SystemMemory.OwnPeakBytes() ? outer.LargestProcessBytes : 0);
        if (watch.Reason is { } reason)
            return new SandboxExit(reason, outer.ExitCode, peak) { IsOrderly = !watch.Killed };
        // Also when the command made the best of it: what it gave may depend on it.
        if (group?.MemoryKills() > 0)
            return new SandboxExit(SandboxEnd.OutOfMemory, outer.ExitCode, peak);
        if (group?.ProcessesRefused() > 0)
            return new SandboxExit(SandboxEnd.TooManyProcesses, outer.ExitCode, peak);
        if (new FileInfo(log).Length > spec.Limits.LogBytes)
            return new SandboxExit(SandboxEnd.LogTooLong, outer.ExitCode, peak);
        if (exitCode is { } code)
            return new SandboxExit(SandboxEnd.Exited, code, peak) { IsOrderly = !watch.Killed };
        var (end, problem) = Bubblewrap.Problem(log);
        return new SandboxExit(end, outer.ExitCode, peak, problem);
    }
}
