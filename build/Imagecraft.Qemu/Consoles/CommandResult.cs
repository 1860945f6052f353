// What a command on the machine gave. Unaware of what was expected.

namespace Imagecraft.Qemu.Consoles;

/// <summary>How a command came to its end.</summary>
public enum CommandEnd
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>It did not end in time and was interrupted; the machine goes on.</summary>
    TimedOut,

    /// <summary>It printed more than the console keeps and was interrupted; the machine goes on.</summary>
    Flooded,
}

/// <summary>Output (both streams, lines ended by <c>\n</c>) and exit code of a command.</summary>
/// <param name="Output">What it printed; of a flood only the last part.</param>
/// <param name="ExitCode">As the shell gives it; -1 when it was interrupted.</param>
/// <param name="Duration">From sending the command to its end.</param>
/// <param name="End">How it ended.</param>
public sealed record CommandResult(string Output, int ExitCode, TimeSpan Duration, CommandEnd End)
{
    /// <summary>It ended by itself with exit code zero.</summary>
    public bool Succeeded => End == CommandEnd.Exited && ExitCode == 0;
}
