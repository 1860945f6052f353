// What a kernel's command line decides of a machine's end. Pure; unaware of machines.

namespace Imagecraft.Qemu.Machines;

/// <summary>Reads command lines of Linux.</summary>
public static class KernelArguments
{
    /// <summary>Whether a kernel that panics resets the machine by itself. Without the argument it stays, unless it was configured otherwise.</summary>
    /// <remarks>Source: Documentation/admin-guide/kernel-parameters.rst of the kernel, <c>panic=</c>.</remarks>
    public static bool ResetAfterPanic(string commandLine) =>
        commandLine.Split(' ').LastOrDefault(word => word.StartsWith("panic=", StringComparison.Ordinal)) is { } word && word is not ("panic=0" or "panic=");
}
