// Where an image keeps what is written over a root file system that is only read. Unaware of how the layer is laid.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging.Formats;

namespace Imagecraft.Planning.Imaging;

/// <summary>Decides the place, and refuses partitions that cannot be it.</summary>
internal static class WritableLayer
{
    /// <summary>On the board's partition.</summary>
    public const string OnPartition = "partition";

    /// <summary>In memory, by design: the board has no partition for it.</summary>
    public const string InMemory = "memory";

    /// <summary>The package whose program lays the layer.</summary>
    private const string Program = "overlay-init";

    /// <summary>The name by which that program finds the partition.</summary>
    private const string Partition = "state";

    /// <summary><see cref="OnPartition"/> or <see cref="InMemory"/>; null when the image has no such layer.</summary>
    public static string? Of(Board board, ImmutableArray<ChosenPackage> chosen) =>
        !chosen.Any(c => c.Package.Name.Value == Program) ? null : PartitionOf(board) is null ? InMemory : OnPartition;

    /// <summary>Notes why the board's partition cannot hold the layer, which would otherwise be told at each boot.</summary>
    public static void Check(PlanContext context, Board board, Image image)
    {
        if (PartitionOf(board) is not { } partition)
            return;
        if (partition.Content?.Value != Ext4Format.EmptyContent)
            context.Error("IC0367", $"The image `{image.Name}` keeps what is written on the partition `{Partition}` of `{board.Name}`, which has no empty file system", partition.Name.Span, $"Write `content: {Ext4Format.EmptyContent}` and a `size`, or give the partition another name");
        if (partition.Mount is { } mount)
            context.Error("IC0386", $"The image `{image.Name}` keeps what is written on the partition `{Partition}` of `{board.Name}`, which is mounted in `{mount}` besides", mount.Span, "Remove `mount`: the layer lies in `/sysroot/state`");
        if (board.PartitionTable is { Value: "mbr" } table)
            context.Error("IC0368", $"The image `{image.Name}` finds the partition `{Partition}` of `{board.Name}` by its name, which an MBR does not hold", table.Span, "Write `partition-table: gpt`, or give the partition another name to keep what is written in memory");
    }

    private static PartitionSpec? PartitionOf(Board board) => board.Partitions.FirstOrDefault(p => p.Name.Value == Partition);
}
