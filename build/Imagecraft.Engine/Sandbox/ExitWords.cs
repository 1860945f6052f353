// Says how a process ended, in words. Unaware of actions.

using System.Globalization;

namespace Imagecraft.Engine.Sandbox;

static class ExitWords
{
    static readonly Dictionary<int, string> Names = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL, an illegal instruction",
        [6] = "SIGABRT, an abort",
        [7] = "SIGBUS, a bus error",
        [8] = "SIGFPE, an arithmetic error",
        [9] = "SIGKILL",
        [11] = "SIGSEGV, a segmentation fault",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
        [25] = "SIGXFSZ, a file beyond the limit of its size",
        [31] = "SIGSYS, a forbidden system call",
    };

    /// <summary>An exit code of a shell's convention: above 128 it is a signal.</summary>
    public static string Of(int exitCode) => exitCode > 128 && Names.TryGetValue(exitCode - 128, out var name)
        ? $"was killed by signal {exitCode - 128} ({name})"
        : $"exited with code {exitCode}";

    /// <summary>What to know when a process, or one that it started, had an instruction that this machine's CPU lacks; empty otherwise.</summary>
    /// <param name="exitCode">The process's.</param>
    /// <param name="lastLines">The end of its output, where shells and make tell how their children ended.</param>
    /// <param name="since">When it began, as time since the machine's start.</param>
    public static string OfIllegalInstruction(int exitCode, IEnumerable<string> lastLines, TimeSpan since)
    {
        if (exitCode != 128 + 4 && !lastLines.Any(line => line.Contains("Illegal instruction", StringComparison.Ordinal) || line.EndsWith(" Error 132", StringComparison.Ordinal)))
            return "";
        var where = HostProcessor.IllegalInstruction(since) is { } line ? string.Create(CultureInfo.InvariantCulture, $" (kernel: `{line}`)") : "";
        return $"; a program had an instruction that the CPU of this machine, {HostProcessor.Name}, does not have{where}. What runs while building must fit every build host: take flags such as `-march=native` out of what is compiled for it, or build on a newer CPU";
    }
}
