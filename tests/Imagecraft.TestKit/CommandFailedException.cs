// A command that had to succeed did not. Unaware of test frameworks.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

/// <summary>Says which command failed, how, and what it printed.</summary>
/// <param name="command">The command.</param>
/// <param name="result">What came of it.</param>
/// <param name="remark">What else to know, a sentence; or empty.</param>
public sealed class CommandFailedException(string command, CommandResult result, string remark = "")
    : Exception($"Command `{command}` failed ({result.End}, exit code {result.ExitCode}){(remark.Length == 0 ? "" : $". {remark}. It")} {(remark.Length == 0 ? "and " : "")}printed:\n{result.Output}")
{
    /// <summary>What came of it.</summary>
    public CommandResult Result { get; } = result;
}
