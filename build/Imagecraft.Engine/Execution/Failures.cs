// Turns exceptions into failures of actions, by the table of `Fault`. Unaware of what actions do.

using System.Collections.Immutable;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Engine.Execution;

static class Failures
{
    /// <summary>The failure an exception stands for.</summary>
    public static ActionFailure Of(Exception exception, CancellationToken stop, string? logPath = null)
    {
        var lines = logPath is null ? [] : LogTail.Read(logPath);
        if (stop.IsCancellationRequested && IsCancellation(exception))
            return New(FailureKind.Cancelled, "Stopped by the user");
        return Fault.Of(exception) is { } fault
            ? New(fault.Kind, fault.Remedy is null ? fault.Message : $"{fault.Message}; {char.ToLowerInvariant(fault.Remedy[0])}{fault.Remedy[1..]}")
            : New(FailureKind.Bug, exception.ToString());

        ActionFailure New(FailureKind kind, string message) => new(kind, message, logPath, lines);
    }

    static bool IsCancellation(Exception exception) => exception is OperationCanceledException || (exception is AggregateException several && several.Flatten().InnerExceptions.All(IsCancellation));

    /// <summary>A message on a full disk, with the free space of the one that holds <paramref name="path"/>.</summary>
    public static string DiskFull(string message, string? path)
    {
        var free = path is null ? "" : $"; {new DriveInfo(path).AvailableFreeSpace >> 20} MiB are free";
        return $"The disk is full: {message}{free}; make room, e.g. with `./build.sh cache gc`";
    }
}
