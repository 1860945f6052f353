// Whether what an image says of its root file system fits what its board says of the disk. Unaware of contents, whose sizes only the build shows.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class DiskRoom
{
    /// <summary>Notes a root file system that is larger than its partition, and a disk that is larger than QEMU's because of it.</summary>
    public static void Check(PlanContext context, Board board, Image image)
    {
        if (image.Size is not { } size)
            return;
        var fits = true;
        foreach (var partition in board.Partitions.Where(p => IsSized(p, image) && p.Size is { } room && room.Value < size.Value))
        {
            var room = partition.Size!;
            fits = false;
            context.Error("IC0374", $"The root file system of image `{image.Name}` has {size.Value} bytes, {size.Value - room.Value} more than partition `{partition.Name}` of board `{board.Name}` with {room.Value}", size.Span,
                    $"Raise the partition's `size` ({room.Span}), leave it out, or lower that of the image to {room.Value}");
        }

        if (!fits || board.Qemu?.DiskSize is not { } disk)
            return;
        var least = DiskSize.Least(board, partition => partition.Size?.Value ?? (IsSized(partition, image) ? size.Value : null));
        if (least > disk.Value)
            context.Error("IC0375", $"With image `{image.Name}` the disk of board `{board.Name}` has {least} bytes or more, {least - disk.Value} more than its `disk-size` of {disk.Value}", disk.Span,
                $"Raise `disk-size`, or lower the `size` of the image ({size.Span})");
    }

    // Of the formats only ext4 is as large as the image says, whatever it holds.
    private static bool IsSized(PartitionSpec partition, Image image) =>
        partition.Content?.Value == Ext4Format.Artifact || (partition.Content?.Value == "rootfs" && (image.Root?.Value ?? "ext4") == "ext4");
}
