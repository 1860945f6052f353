// What an image does at each boot with the partitions of its board's disk: grow them, mount them. Unaware of how it does it.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging.Formats;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging;

/// <summary>Decides it.</summary>
internal static class BootPartitions
{
    private const string Container = "none";

    /// <summary>The partitions with which anything is done, in the table's order; none for a container.</summary>
    public static ImmutableArray<BootPartition> Of(Board board, Image image) => image.Init?.Value == Container ? [] :
    [
        .. board.Partitions
            .Select((partition, index) => new BootPartition(index + 1, partition.Name, partition.Grows, FormatOf(partition, image), partition.Mount?.Value, OptionsOf(partition)))
            .Where(partition => partition.Grows || partition.Mount is not null),
    ];

    private static string? FormatOf(PartitionSpec partition, Image image) => partition.Content?.Value switch
    {
        Ext4Format.EmptyContent or Ext4Format.Artifact => "ext4",
        VfatFormat.Content => "vfat",
        "rootfs" when (image.Root?.Value ?? "ext4") == "ext4" => "ext4",
        _ => null,
    };

    private static string? OptionsOf(PartitionSpec partition)
    {
        var options = partition.MountOptions.Select(option => option.Value).ToList();
        if (partition.Mount is not null && partition.Attributes.Any(attribute => attribute.Value == "read-only"))
            options.Insert(0, "ro");
        return options.Count == 0 ? null : string.Join(',', options);
    }
}
