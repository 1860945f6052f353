// Where partitions lie on a disk and which identifiers they have. Pure; unaware of files.

using System.Collections.Immutable;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Disks;

/// <summary>A partition as it is wanted.</summary>
/// <param name="Name">GPT name, 36 UTF-16 units at most.</param>
/// <param name="Type">Partition type GUID, see <see cref="GptTypes"/>.</param>
/// <param name="Content">What it holds, or null for an empty one.</param>
/// <param name="Size">Bytes; null: as large as the content.</param>
public sealed record GptPartition(string Name, Guid Type, FileContent? Content, long? Size);

/// <summary>A partition with its place (in 512-byte sectors, both inclusive) and identifier.</summary>
public sealed record PlacedPartition(GptPartition Partition, Guid Id, long FirstSector, long LastSector);

/// <summary>A whole disk: equal name, types, sizes and contents give equal identifiers and places.</summary>
/// <param name="Id">Disk GUID.</param>
/// <param name="Partitions">In order.</param>
/// <param name="Sectors">Length of the disk in 512-byte sectors.</param>
public sealed record GptLayout(Guid Id, ImmutableArray<PlacedPartition> Partitions, long Sectors)
{
    /// <summary>Bytes of a sector.</summary>
    public const int SectorSize = 512;

    /// <summary>Entries of the partition table, the least that UEFI allows.</summary>
    public const int EntryCount = 128;

    /// <summary>Bytes of an entry.</summary>
    public const int EntrySize = 128;

    /// <summary>Sectors of one copy of the entries.</summary>
    public const int TableSectors = EntryCount * EntrySize / SectorSize;

    /// <summary>Partitions start at multiples of 1 MiB.</summary>
    public const long AlignmentSectors = (1 << 20) / SectorSize;

    /// <summary>First sector that a partition may use.</summary>
    public const long FirstUsable = 2 + TableSectors;

    /// <summary>Last sector that a partition may use.</summary>
    public long LastUsable => Sectors - TableSectors - 2;

    /// <summary>Length in bytes.</summary>
    public long SizeBytes => Sectors * SectorSize;

    /// <summary>Places the partitions one after the other.</summary>
    /// <param name="name">What the disk is known by, e.g. <c>qemu-arm64/edge-ml</c>; with the contents it decides the GUIDs.</param>
    /// <param name="partitions">At least one, in order.</param>
    /// <exception cref="ImageInputException">A name is too long or doubled, a content does not fit, a size is unknown; all problems at once.</exception>
    public static GptLayout Plan(string name, IReadOnlyList<GptPartition> partitions)
    {
        string[] problems = [.. Problems(partitions)];
        if (problems.Length > 0)
            throw new ImageInputException($"Partitions of disk `{name}` are not valid\n  {string.Join("\n  ", problems)}");

        string identity = string.Join('\n', partitions.Select(partition =>
            $"{partition.Name}|{partition.Type}|{partition.Content?.Sha256}|{SizeOf(partition)}").Prepend(name));
        Guid disk = UuidV5.Create(UuidV5.Imagecraft, "disk\n" + identity);

        var placed = ImmutableArray.CreateBuilder<PlacedPartition>(partitions.Count);
        long next = AlignmentSectors;
        foreach (GptPartition partition in partitions)
        {
            long sectors = (SizeOf(partition) + SectorSize - 1) / SectorSize;
            placed.Add(new(partition, UuidV5.Create(disk, "partition\n" + partition.Name), next, next + sectors - 1));
            next = Align(next + sectors);
        }

        return new(disk, placed.MoveToImmutable(), Align(next + TableSectors + 1));
    }

    private static long SizeOf(GptPartition partition) => partition.Size ?? partition.Content!.Size;

    private static long Align(long sector) => (sector + AlignmentSectors - 1) / AlignmentSectors * AlignmentSectors;

    private static IEnumerable<string> Problems(IReadOnlyList<GptPartition> partitions)
    {
        if (partitions.Count is 0 or > EntryCount)
            yield return $"There are {partitions.Count} partitions; a disk has 1 to {EntryCount}";
        foreach (var same in partitions.GroupBy(partition => partition.Name).Where(same => same.Count() > 1))
            yield return $"Partition `{same.Key}` is declared {same.Count()} times";
        foreach (GptPartition partition in partitions)
        {
            if (partition.Name.Length is 0 or > 36)
                yield return $"Partition name `{partition.Name}` has {partition.Name.Length} characters; use 1 to 36";
            if ((partition.Size ?? partition.Content?.Size ?? 0) <= 0)
                yield return $"Partition `{partition.Name}` has neither content nor a size above zero; give it `size:` or `content:`";
            else if (partition.Content is { } content && partition.Size is { } size && content.Size > size)
                yield return $"Content of partition `{partition.Name}` has {content.Size} bytes, {content.Size - size} more than its size of {size}; raise `size:`";
        }
    }
}
