// What was awaited of a machine did not come. Unaware of test frameworks.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

/// <summary>Says what did not come, and what was seen last.</summary>
/// <param name="complaint">A sentence without its end.</param>
/// <param name="lastSeen">The last look.</param>
public sealed class WaitFailedException(string complaint, CommandResult lastSeen)
    : Exception($"{complaint}. Seen last ({(lastSeen.End == CommandEnd.Exited ? $"exit code {lastSeen.ExitCode}" : $"{lastSeen.End}")}):{(lastSeen.Output.Trim() is { Length: > 0 } text ? "\n" + text : " nothing was printed")}")
{
    /// <summary>The last look.</summary>
    public CommandResult LastSeen { get; } = lastSeen;
}
