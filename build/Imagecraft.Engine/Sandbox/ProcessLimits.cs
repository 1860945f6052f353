// Limits of single processes, given from outside. Unaware of sandboxes.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Sandbox;

static unsafe partial class ProcessLimits
{
    const int CoreSize = 4;

    /// <summary>Lets the process, and those that it starts from now on, leave no memory dumps.</summary>
    /// <remarks>Source: prlimit(2). The size of files has no limit of its own: makers of images write files that are larger than any disk, and mostly holes.</remarks>
    public static void ForbidDumps(int pid)
    {
        var limit = stackalloc ulong[2] { 0, 0 };
        if (Limit(pid, CoreSize, limit, null) != 0)
            throw Descriptors.Failure("prlimit");
    }

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int Limit(int pid, int resource, ulong* wanted, ulong* former);
}
