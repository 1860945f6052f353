// A program that has the terminal for a while. Unaware of which.

using System.Diagnostics;

namespace Imagecraft.Cli.Output;

/// <summary>Runs programs that a person uses.</summary>
public static class TerminalProgram
{
    /// <summary>
    /// Runs <paramref name="command"/> with the terminal's own streams until it ends. Ctrl-C is its business, so nothing here ends it. Blocks: a sandbox ends with the thread that started it,
    /// and one of the pool goes when it has had nothing to do for a while.
    /// </summary>
    /// <returns>Its exit code.</returns>
    public static int Run(IReadOnlyList<string> command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
