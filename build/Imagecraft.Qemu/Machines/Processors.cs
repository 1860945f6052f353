// What is known of a QEMU machine's CPU, in words. Pure; unaware of running machines.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Machines;

/// <summary>Words for messages.</summary>
public static class Processors
{
    /// <summary>QEMU's CPU, and the flags that programs for the board are compiled with.</summary>
    public static string Of(MachineDescription machine)
    {
        ImmutableArray<string> arguments = machine.ExpandedArguments;
        string cpu = QemuArguments.After(arguments, "-cpu") is { } name ? $"QEMU's `-cpu {name}`" : "QEMU's default without `-cpu`";
        return machine.CpuFlags.IsDefaultOrEmpty ? $"{cpu}, the board has no `cpu-flags`" : $"{cpu}, `cpu-flags` [{string.Join(", ", machine.CpuFlags.Select(flag => $"`{flag}`"))}]";
    }
}
