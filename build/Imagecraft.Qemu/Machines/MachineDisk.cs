// Puts a machine's disk writes into a file of one's own. Unaware of processes.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Machines;

/// <summary>A machine whose disk keeps what is written to it, so that it can be powered off and on again, or snapshotted.</summary>
public static class MachineDisk
{
    private const string Image = "file=$DISK";

    /// <summary>The same machine on a new overlay of its disk, written to <paramref name="overlay"/>. The disk image itself is only read.</summary>
    /// <remarks>In the argument with <c>file=$DISK</c>, <c>format=</c> becomes <c>qcow2</c> and <c>snapshot=on</c> is dropped.</remarks>
    /// <returns>Also a machine that has no disk, as it is: nothing of it needs to be kept.</returns>
    /// <exception cref="MachineStartException">The machine's arguments do not name the disk in that form, or there is no disk image, or it is larger than the machine's disk.</exception>
    public static MachineDescription OnOverlay(MachineDescription machine, string overlay) => OnOverlay(machine, overlay, isKept: false);

    /// <summary>The same machine on an overlay that may be there already, with all that was written to it; then the disk image must be the one that it was made of.</summary>
    /// <exception cref="MachineStartException">As <see cref="OnOverlay(MachineDescription, string)"/>.</exception>
    public static MachineDescription OnKeptOverlay(MachineDescription machine, string overlay) => OnOverlay(machine, overlay, isKept: File.Exists(overlay));

    private static MachineDescription OnOverlay(MachineDescription machine, string overlay, bool isKept)
    {
        if (!machine.Arguments.Any(argument => argument.Contains("$DISK", StringComparison.Ordinal)))
            return machine;
        if (!File.Exists(machine.Disk))
            throw new MachineStartException($"Artifact `{machine.Disk}` does not exist; build the image first");
        int index = machine.Arguments.IndexOf(machine.Arguments.FirstOrDefault(argument => argument.Split(',').Contains(Image)) ?? "");
        string[] options = index < 0 ? [] : machine.Arguments[index].Split(',');
        string? format = options.FirstOrDefault(option => option.StartsWith("format=", StringComparison.Ordinal))?["format=".Length..];
        if (format is not ("raw" or "qcow2"))
            throw new MachineStartException("The board's QEMU arguments have no disk of the form `file=$DISK,format=raw`, so its state cannot be kept; add one to `qemu:` of the board");
        long size = QcowOverlay.SizeOf(machine.Disk, format);
        if (size > machine.DiskSize)
            throw new MachineStartException($"The disk image has {size} bytes, more than the machine's disk with {machine.DiskSize}; raise `disk-size` in `qemu:` of the board");
        if (!isKept)
            QcowOverlay.Create(overlay, Path.GetFullPath(machine.Disk), format, machine.DiskSize ?? size);
        string changed = string.Join(',', options.Where(option => option != "snapshot=on").Select(option => option.StartsWith("format=", StringComparison.Ordinal) ? "format=qcow2" : option));
        return machine with { Disk = overlay, DiskSize = null, Arguments = machine.Arguments.SetItem(index, changed) };
    }

    /// <summary>The machine with a disk of its own size: on an overlay in <paramref name="folder"/> when the image is smaller, else as it is.</summary>
    /// <exception cref="MachineStartException">As <see cref="OnOverlay"/>.</exception>
    public static MachineDescription OfItsSize(MachineDescription machine, string folder) =>
        machine.DiskSize is null ? machine : OnOverlay(machine, Path.Combine(folder, "disk.qcow2"));
}
