// A command that had to succeed did not. Unaware of test frameworks.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

/// <summary>Says which command failed, how, and what it printed.</summary>
public sealed class CommandFailedException(string command, CommandResult result)
    : Exception($"Command `{command}` failed ({result.End}, exit code {result.ExitCode}) and printed:\n{result.Output}")
{
    /// <summary>What came of it.</summary>
    public CommandResult Result { get; } = result;
}
