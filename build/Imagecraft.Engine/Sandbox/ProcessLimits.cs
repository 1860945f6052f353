// Limits of single processes, given from outside. Unaware of sandboxes.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Sandbox;

static unsafe partial class ProcessLimits
{
    const int FileSize = 1, CoreSize = 4;

    /// <summary>Bounds the size of any one file that the process, or one that it starts from now on, writes; and lets none of them leave a memory dump.</summary>
    /// <remarks>Source: prlimit(2).</remarks>
    public static void Set(int pid, long fileBytes)
    {
        Set(pid, FileSize, (ulong)fileBytes);
        Set(pid, CoreSize, 0);
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
