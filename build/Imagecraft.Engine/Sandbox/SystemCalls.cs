// System calls that older C libraries have no function for. Unaware of what they are used for.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Sandbox;

static partial class SystemCalls
{
    /// <summary>Numbers that are the same on all processors.</summary>
    public const long PidfdSendSignal = 424, PidfdOpen = 434, CloseRange = 436;

    /// <summary>keyctl(2), which has another number on each processor; negative where it is not known.</summary>
    public static readonly long KeyControl = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 250,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 219,
        Architecture.Arm => 311,
        _ => -1,
    };

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Call(long number, nint first, nint second, nint third, nint fourth);
}
