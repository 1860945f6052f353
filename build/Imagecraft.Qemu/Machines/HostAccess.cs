// Lets the host into a machine's network. Pure; unaware of running machines.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Qemu.Machines;

/// <summary>A port of this host, and the machine's that it leads to.</summary>
/// <param name="Host">From 1 to 65535, on 127.0.0.1 only.</param>
/// <param name="Guest">From 1 to 65535.</param>
public sealed record PortForward(int Host, int Guest)
{
    /// <summary>Reads <c>8080:80</c>.</summary>
    /// <exception cref="FormatException">It is none; the message says what is right.</exception>
    public static PortForward Parse(string text) => text.Split(':') is [var host, var guest] && IsPort(host, out int from) && IsPort(guest, out int to)
        ? new(from, to)
        : throw new FormatException($"`{text}` is no forwarded port; write HOST:MACHINE, e.g. `8080:80`, with ports from 1 to 65535");

    private static bool IsPort(string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536;
}

/// <summary>Changes the network of a machine.</summary>
public static class HostAccess
{
    /// <summary>The machine with TCP ports of 127.0.0.1 that lead to its own.</summary>
    /// <exception cref="MachineStartException">It has no network of QEMU's own.</exception>
    public static MachineDescription Forward(MachineDescription machine, params IReadOnlyCollection<PortForward> ports)
    {
        if (ports.Count == 0)
            return machine;
        int at = machine.Arguments.IndexOf(machine.Arguments.FirstOrDefault(argument => argument.Split(',')[0] == "user") ?? "");
        if (at < 0 || (machine.Arguments[at - 1] is not ("-netdev" or "-nic")))
            throw new MachineStartException("The board's QEMU arguments have no network of the form `-netdev user,id=net0`, so no port can be forwarded; add one to `qemu:` of the board");
        string forwards = string.Concat(ports.Select(port => string.Create(CultureInfo.InvariantCulture, $",hostfwd=tcp:127.0.0.1:{port.Host}-:{port.Guest}")));
        return machine with { Arguments = machine.Arguments.SetItem(at, machine.Arguments[at] + forwards) };
    }

    /// <summary>The machine with a folder of this host, which it mounts by <c>mount -t 9p -o trans=virtio NAME PLACE</c>; the kernel needs CONFIG_9P_FS and CONFIG_NET_9P_VIRTIO.</summary>
    /// <param name="machine">A machine with a PCI bus.</param>
    /// <param name="folder">Absolute path.</param>
    /// <param name="name">By which it is mounted.</param>
    public static MachineDescription Share(MachineDescription machine, string folder, string name) => machine with
    {
        Arguments = machine.Arguments.AddRange("-virtfs", $"local,path={folder.Replace(",", ",,", StringComparison.Ordinal)},mount_tag={name},security_model=mapped-xattr"),
    };
}
