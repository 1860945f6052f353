// Limits of single processes, given from outside. Unaware of sandboxes.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Sandbox;

static unsafe partial class ProcessLimits
{
    const int CoreSize = 4, ProcessCount = 6;

    /// <summary>
    /// Lets the process, and those that it starts from now on, leave no memory dumps, and bounds how many of a plain user's there can be at once in their user namespace.
    /// Root has no such bound, but control groups.
    /// </summary>
    /// <param name="pid">The first process of a user namespace.</param>
    /// <param name="processes">Processes and threads; a quarter more can be started, so that whoever looks sees the excess.</param>
    /// <remarks>
    /// Source: prlimit(2); before Linux 5.14 the kernel counted all processes of the user on the machine. The size of files has no limit of its own: makers of images write
    /// files that are larger than any disk, and mostly holes.
    /// </remarks>
    public static void Set(int pid, int processes)
    {
        Set(pid, CoreSize, 0UL);
        if (Environment.OSVersion.Version >= new Version(5, 14))
            Set(pid, ProcessCount, (ulong)(processes + processes / 4));
    }

    static void Set(int pid, int resource, ulong value)
    {
        var limit = stackalloc ulong[2] { value, value };
        if (Limit(pid, resource, limit, null) != 0)
            throw Descriptors.Failure("prlimit");
    }

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int Limit(int pid, int resource, ulong* wanted, ulong* former);
}
