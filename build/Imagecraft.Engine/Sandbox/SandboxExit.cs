// How a sandbox ended, as a value. Unaware of what ran in it.

namespace Imagecraft.Engine.Sandbox;

/// <summary>Why a sandbox ended.</summary>
public enum SandboxEnd
{
    /// <summary>Its command did, by itself.</summary>
    Exited,

    /// <summary>The user stopped the build.</summary>
    Stopped,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>It needed more memory than its limit, or than the machine has.</summary>
    OutOfMemory,

    /// <summary>It had more processes at once than its limit.</summary>
    TooManyProcesses,

    /// <summary>It printed more than its limit.</summary>
    LogTooLong,

    /// <summary>It wrote more than its limit.</summary>
    TooMuchWritten,

    /// <summary>There is no such command inside.</summary>
    NoCommand,

    /// <summary>The sandbox could not be made.</summary>
    NotMade,
}

/// <summary>How a sandbox ended. All its processes are gone.</summary>
/// <param name="End">Why.</param>
/// <param name="ExitCode">The command's, or 128 and the signal that killed it.</param>
/// <param name="PeakMemoryBytes">The largest sum of resident memory seen.</param>
/// <param name="Problem">Of one that could not be made or has no such command, what the sandbox tool said; empty otherwise.</param>
public sealed record SandboxExit(SandboxEnd End, int ExitCode, long PeakMemoryBytes, string Problem = "")
{
    /// <summary>Whether all processes ended by themselves, if only because they were told to: what they were writing is finished or cleared away.</summary>
    public bool IsOrderly { get; init; }
}
