// Which device the disk is in QEMU's machine, as far as its arguments tell. Unaware of partitions.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging.Booting;

/// <summary>The only disk of a machine.</summary>
/// <param name="Name">Its device, for people.</param>
/// <param name="Prefix">What the device's name begins with.</param>
internal sealed record QemuDisk(string Name, string Prefix)
{
    private static readonly string[] FurtherDisks = ["drive=", "-hd", "-sd", "-cdrom", "blockdev"];

    /// <summary>Whether a whole device's name may be this disk.</summary>
    public bool IsMatch(string device) => device.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The disk of a board; null when there are several, or when it is attached in another way than by <c>if=virtio</c> or <c>if=sd</c>.</summary>
    public static QemuDisk? Of(Board board)
    {
        var arguments = (board.Qemu?.Arguments ?? []).Select(argument => argument.Value).ToList();
        var drives = arguments.Where(argument => Kind(argument) is not (null or "pflash")).ToList();
        if (drives.Count != 1 || !drives[0].Contains("$DISK", StringComparison.Ordinal) || arguments.Exists(argument => FurtherDisks.Any(disk => argument.Contains(disk, StringComparison.Ordinal))))
            return null;
        return Kind(drives[0]) switch
        {
            "virtio" => new("/dev/vda", "/dev/vda"),
            "sd" => new("/dev/mmcblk0", "/dev/mmcblk"),
            _ => null,
        };
    }

    private static string? Kind(string drive) => drive.Split(',').FirstOrDefault(part => part.StartsWith("if=", StringComparison.Ordinal))?["if=".Length..];
}
