// Finds root file systems that are larger than their partition by what is declared. Unaware of contents and of how disks are made.

using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging.Formats;

namespace Imagecraft.Planning.Imaging.Booting;

/// <summary>Holds the image's `size` against the partitions that get its root file system. Formats that are only read are as large as their content.</summary>
internal static class SizeCheck
{
    /// <summary>Notes each partition that is too small.</summary>
    public static void Run(PlanContext context, Board board, Image image)
    {
        if (image.Size is not { } size)
            return;
        foreach (var partition in board.Partitions.Where(p => IsExt4(p, image) && p.Size is { } room && room.Value < size.Value))
            context.Error("IC0371", $"The root file system of image `{image.Name}` has {size.Value} bytes, but partition `{partition.Name}` of board `{board.Name}` only {partition.Size!.Value}", size.Span, $"Lower the image's `size`, or raise the partition's at {partition.Size.Span}");
    }

    private static bool IsExt4(PartitionSpec partition, Image image) => partition.Content?.Value is Ext4Format.Artifact || (partition.Content?.Value == "rootfs" && (image.Root?.Value ?? "ext4") == "ext4");
}
