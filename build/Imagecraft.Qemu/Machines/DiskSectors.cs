// Gives the disk of a machine sectors of another size. Pure; unaware of images.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Machines;

/// <summary>QEMU's disks have sectors of 512 bytes unless their device says otherwise, which an argument <c>if=virtio</c> has no place for.</summary>
public static class DiskSectors
{
    private const string Drive = "ic-disk";

    /// <summary>The arguments with the disk <c>file=$DISK,if=virtio</c> as a device of its own with such sectors; disks that are attached otherwise say it themselves.</summary>
    /// <param name="arguments">Arguments of a machine.</param>
    /// <param name="sectorSize">Bytes of a logical and physical sector.</param>
    public static ImmutableArray<string> Of(ImmutableArray<string> arguments, int sectorSize)
    {
        int at = sectorSize == 512 ? -1 : arguments.IndexOf(arguments.FirstOrDefault(IsVirtio) ?? "");
        if (at < 0)
            return arguments;
        string drive = string.Join(',', arguments[at].Split(',').Select(option => option == "if=virtio" ? $"if=none,id={Drive}" : option));
        return [.. arguments[..at], drive, "-device", $"virtio-blk-pci,drive={Drive},logical_block_size={sectorSize},physical_block_size={sectorSize}", .. arguments[(at + 1)..]];
    }

    private static bool IsVirtio(string argument) => argument.Split(',') is var options && options.Contains("file=$DISK") && options.Contains("if=virtio");
}
