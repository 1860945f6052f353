// A shell on a virtio console, started by a kernel argument, for images that nobody can log in to. Pure; unaware of running machines.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Machines;

/// <summary>
/// Nothing of it is in the image: the kernel is told to start a shell of the image first, with a program in its arguments that starts the real init and, beside it,
/// a shell on a virtio console. So it needs who decides on the kernel's command line, who owns the machine anyway (<c>init=/bin/sh</c>), and QEMU's device.
/// </summary>
public static class WayIn
{
    /// <summary>The word of systemd-boot for kernel arguments from outside.</summary>
    /// <remarks>Source: systemd-boot(7), <c>io.systemd.boot.kernel-cmdline-extra</c>, systemd 256 and newer.</remarks>
    private const string BootLoaderWord = "io.systemd.boot.kernel-cmdline-extra";

    private const string Init = "init=";

    private const string DefaultInit = "/sbin/init";

    /// <summary>The same machine with a way in; null when nobody outside decides on its kernel's command line, because its boot loader takes that from the disk.</summary>
    /// <param name="machine">A machine with a virtio-serial device, or none can be given a console.</param>
    public static MachineDescription? Open(MachineDescription machine)
    {
        if (!machine.HasChannel || machine.CommandLine.Split(' ').Contains("--"))
            return null;
        if (machine.Arguments.Contains("$CMDLINE"))
            return machine with { CommandLine = $"{machine.CommandLine} {Argument(machine.CommandLine)}", HasWayIn = true };
        // UEFI: our boards have systemd-boot there.
        if (machine.Arguments.Any(argument => argument.Split(',').Contains("if=pflash")))
            return machine with { Arguments = machine.Arguments.AddRange("-smbios", $"type=11,value={BootLoaderWord}={Argument(machine.CommandLine).Replace(",", ",,", StringComparison.Ordinal)}"), HasWayIn = true };
        return null;
    }

    // What follows two dashes is handed to the first program. Source: Documentation/admin-guide/kernel-parameters.rst of the kernel.
    private static string Argument(string commandLine)
    {
        string init = commandLine.Split(' ').LastOrDefault(word => word.StartsWith(Init, StringComparison.Ordinal))?[Init.Length..] ?? DefaultInit;
        return $"{Init}/bin/sh -- -c \"{ShellProgram.Line("way-in").TrimEnd(';')}\" {init} \"{ShellProgram.Line("way-in-shell").TrimEnd(';')}\"";
    }
}
