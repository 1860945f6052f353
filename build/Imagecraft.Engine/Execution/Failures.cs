// Sorts exceptions by whose fault they are. Unaware of actions.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

static class Failures
{
    const int NoSpaceLeft = 28;

    /// <summary>The failure an exception stands for.</summary>
    public static ActionFailure Of(Exception exception, CancellationToken stop, string? logPath = null)
    {
        var lines = logPath is null ? [] : LogTail.Read(logPath);
        return exception switch
        {
            OperationCanceledException when stop.IsCancellationRequested => New(FailureKind.Cancelled, "Stopped by the user"),
            ActionFailedException e => New(FailureKind.User, e.Message),
            StoreException e => New(FailureKind.User, e.Message),
            FetchFailedException e => New(e.UserError ? FailureKind.User : FailureKind.Environment, e.Message),
            DiskFullException e => New(FailureKind.Environment, e.Message),
            IOException { HResult: NoSpaceLeft } e => New(FailureKind.Environment, DiskFull(e.Message, logPath)),
            UnauthorizedAccessException e => New(FailureKind.Environment, $"{e.Message}; the cache and the workspace must be writable by the current user"),
            IOException e => New(FailureKind.Environment, e.Message),
            _ => New(FailureKind.Bug, exception.ToString()),
        };

        ActionFailure New(FailureKind kind, string message) => new(kind, message, logPath, lines);
    }

    /// <summary>A message on a full disk, with the free space of the one that holds <paramref name="path"/>.</summary>
    public static string DiskFull(string message, string? path)
    {
        var free = path is null ? "" : $"; {new DriveInfo(path).AvailableFreeSpace >> 20} MiB are free";
        return $"The disk is full: {message}{free}; make room, e.g. with `./build.sh cache gc`";
    }
}
