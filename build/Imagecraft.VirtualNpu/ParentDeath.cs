// Lets this program end with the one that started it. Unaware of devices.

using System.Runtime.InteropServices;

namespace Imagecraft.VirtualNpu;

/// <summary>For whoever starts a server and may be killed before he ends it.</summary>
/// <remarks>Source: prctl(2), PR_SET_PDEATHSIG. The parent is the thread that started this program.</remarks>
internal static partial class ParentDeath
{
    private const int SetParentDeathSignal = 1, Kill = 9;

    /// <summary>From now on this program is killed when its parent ends. A parent that has ended before is not noticed.</summary>
    public static void End() => _ = Control(SetParentDeathSignal, Kill, 0, 0, 0);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);
}
