// Says how a process ended, in words. Unaware of actions.

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
        [31] = "SIGSYS, a forbidden system call",
    };

    /// <summary>An exit code of a shell's convention: above 128 it is a signal.</summary>
    public static string Of(int exitCode) => exitCode > 128 && Names.TryGetValue(exitCode - 128, out var name)
        ? $"was killed by signal {exitCode - 128} ({name})"
        : $"exited with code {exitCode}";
}
