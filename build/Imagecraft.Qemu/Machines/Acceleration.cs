// Lets the host's CPU run a machine where it can. Pure but for the look at the host.

using System.Runtime.InteropServices;

namespace Imagecraft.Qemu.Machines;

/// <summary>KVM for machines of the host's own architecture.</summary>
public static class Acceleration
{
    private const string Device = "/dev/kvm";

    /// <summary>Whether this host lets us use KVM.</summary>
    public static bool IsOffered()
    {
        try
        {
            using FileStream device = new(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The machine run by the host's CPU; null where it cannot be: another architecture, a machine that copies a real board, or one that says itself what runs it.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="host">The host's architecture.</param>
    /// <remarks>Source: QEMU's documentation: <c>-cpu max</c> is the host's CPU with KVM; <c>gic-version=max</c> of <c>virt</c> the best that it has.</remarks>
    public static MachineDescription? Of(MachineDescription machine, Architecture host)
    {
        string[] type = (QemuArguments.After(machine.Arguments, "-machine") ?? QemuArguments.After(machine.Arguments, "-M") ?? "").Split(',');
        bool fits = (machine.System, host, type[0]) is ("x86_64", Architecture.X64, "q35" or "pc" or "microvm") or ("aarch64", Architecture.Arm64, "virt");
        if (!fits || machine.Arguments.Contains("-accel") || type.Any(option => option.StartsWith("accel=", StringComparison.Ordinal)))
            return null;
        string[] arguments = [.. machine.Arguments];
        for (int at = 1; at < arguments.Length; at++)
        {
            if (arguments[at - 1] == "-cpu")
                arguments[at] = "max";
            else if (arguments[at - 1] is "-machine" or "-M" && machine.System == "aarch64")
                arguments[at] = string.Join(',', arguments[at].Split(',').Select(option => option.StartsWith("gic-version=", StringComparison.Ordinal) ? "gic-version=max" : option));
        }

        return machine with { Arguments = [.. arguments, "-accel", "kvm"] };
    }
}
