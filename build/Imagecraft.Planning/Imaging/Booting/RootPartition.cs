// A partition as the kernel looks for its root there. Unaware of command lines.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging.Formats;

namespace Imagecraft.Planning.Imaging.Booting;

/// <summary>What a partition has for a kernel that looks for its root.</summary>
/// <param name="Number">As the kernel counts, from 1.</param>
/// <param name="Label">Its name.</param>
/// <param name="Format">File system of the root that it holds; null when it holds none, or nobody here can tell.</param>
/// <param name="Without">Why it cannot be the root, in words that follow its name; null when it can.</param>
/// <param name="IsMeant">It holds a root file system, or something unknown in a partition for Linux.</param>
internal sealed record RootPartition(int Number, string Label, string? Format, string? Without, bool IsMeant)
{
    private const string RootFs = "rootfs";

    // Whatever the kernel can mount: an archive or a compressed file system in a partition is no root.
    private static readonly ImmutableArray<string> Mountable = ["ext4", "erofs", "squashfs"];

    /// <summary>Those of a board's disk with an image, in order.</summary>
    public static ImmutableArray<RootPartition> Of(Board board, Image image) => [.. board.Partitions.Select((partition, index) => Of(partition, index + 1, image))];

    /// <summary>Whether the root file system comes as a file of its own, for another disk.</summary>
    public static bool IsApart(Board board, Image image) => board.Formats.Concat(image.Formats).Any(format => Mountable.Any(file => format.Value.StartsWith($"{RootFs}.{file}", StringComparison.Ordinal)));

    private static RootPartition Of(PartitionSpec partition, int number, Image image)
    {
        var label = partition.Name.Value;
        return partition switch
        {
            { Raw: not null } => Unknown(),
            { Content: null } => No("is empty"),
            { Content.Value: VfatFormat.Content } => No("holds boot files"),
            { Content.Value: Ext4Format.EmptyContent } => No("holds an empty file system"),
            { Content.Value: RootFs } => new(number, label, image.Root?.Value ?? "ext4", null, true),
            { Content.Value: var content } when !content.StartsWith($"{RootFs}.", StringComparison.Ordinal) => Unknown(),
            { Content.Value: var content } when Mountable.Contains(content[(RootFs.Length + 1)..]) => new(number, label, content[(RootFs.Length + 1)..], null, true),
            { Content.Value: var content } => No($"holds `{content}`, which no kernel can mount"),
        };

        RootPartition No(string why) => new(number, label, null, why, false);
        RootPartition Unknown() => new(number, label, null, null, partition.Type.Value is "0x83" || partition.Type.Value.StartsWith("linux", StringComparison.Ordinal));
    }
}
