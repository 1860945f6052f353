// Says in words how a process action ended that did not succeed, and whose fault it is. Unaware of outputs.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Processes;

static class ExitFailure
{
    const int Killed = 128 + 9;

    /// <summary>The failure of a sandbox that ended so; null when its command succeeded.</summary>
    /// <param name="exit">How it ended.</param>
    /// <param name="spec">The sandbox.</param>
    /// <param name="action">What ran in it.</param>
    /// <param name="log">What it printed.</param>
    /// <param name="began">When it began, as time since the machine's start.</param>
    public static ActionFailure? Of(SandboxExit exit, SandboxSpec spec, ActionNode action, string log, TimeSpan began)
    {
        var lines = LogTail.Read(log);
        var ended = $"`{action.Id}` {ExitWords.Of(exit.ExitCode)}";
        return exit.End switch
        {
            SandboxEnd.Exited when exit.ExitCode == 0 => null,
            SandboxEnd.Stopped => New(FailureKind.Cancelled, "Stopped by the user"),
            SandboxEnd.TimedOut => New(FailureKind.User, $"`{action.Id}` took longer than its limit of {action.Timeout.TotalSeconds:0.#} s and was stopped"),
            SandboxEnd.OutOfMemory => New(
                FailureKind.Environment,
                $"`{action.Id}` ran out of memory and was killed (it had {DiskSpace.Bytes(exit.PeakMemoryBytes)}; one action may take {DiskSpace.Bytes(spec.Limits.MemoryBytes)} of this machine). Free some memory, run fewer actions at once with `--jobs`, or build on a machine with more"),
            SandboxEnd.TooManyProcesses => New(FailureKind.User, $"`{action.Id}` wanted more than {spec.Limits.Processes} processes at once and was killed; look for one that starts itself again and again"),
            SandboxEnd.LogTooLong => New(FailureKind.User, $"`{action.Id}` printed more than {DiskSpace.Bytes(spec.Limits.LogBytes)} and was killed; let it print less, or into a file below `/build`"),
            SandboxEnd.TooMuchWritten => New(FailureKind.User, $"`{action.Id}` wrote more than {DiskSpace.Bytes(spec.Limits.DiskBytes)} and was killed; look for a file that grows without end below `/build` and `/out`"),
            SandboxEnd.NoCommand => New(FailureKind.User, $"`{action.Id}` could not start `{spec.Arguments[0]}`: {exit.Problem}; is the package that has it in the tool root?"),
            SandboxEnd.NotMade when exit.ExitCode == Killed => New(FailureKind.Environment, $"The sandbox of `{action.Id}` was killed from outside before it was made"),
            SandboxEnd.NotMade => New(FailureKind.Environment, $"The sandbox of `{action.Id}` could not be made: {exit.Problem}; `./build.sh doctor` says what the machine lacks"),
            _ when lines.Any(line => line.Contains("No space left on device", StringComparison.Ordinal)) => New(FailureKind.Environment, Failures.DiskFull(ended, spec.Scratch)),
            _ => New(FailureKind.User, $"{ended}{ExitWords.OfIllegalInstruction(exit.ExitCode, lines, began)}") with { FirstError = LogErrors.Read(log) },
        };

        ActionFailure New(FailureKind kind, string message) => new(kind, message, log, lines);
    }
}
