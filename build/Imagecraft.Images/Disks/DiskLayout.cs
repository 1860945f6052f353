// Where partitions and blobs lie on a disk and which identifiers they have. Pure; unaware of files and of how tables are written.

using System.Collections.Immutable;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Disks;

/// <summary>The kind of a partition table.</summary>
public enum PartitionTable
{
    /// <summary>GUID partition table of UEFI.</summary>
    Gpt,

    /// <summary>The PC's master boot record, with its four primary partitions.</summary>
    Mbr,
}

/// <summary>A partition as it is wanted.</summary>
/// <param name="Name">GPT name, 36 UTF-16 units at most.</param>
/// <param name="Type">What it is for.</param>
/// <param name="Content">What it holds, or null for an empty one.</param>
/// <param name="Size">Bytes; null: as large as the content.</param>
/// <param name="Offset">First byte, a multiple of 512; null: the next multiple of 1 MiB that is free.</param>
/// <param name="Attributes">What firmware is told.</param>
public sealed record DiskPartition(string Name, PartitionType Type, FileContent? Content, long? Size, long? Offset = null, PartitionAttributes Attributes = PartitionAttributes.None);

/// <summary>Raw content at a fixed place outside of partitions, such as a boot loader that a ROM reads.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Offset">First byte, a multiple of 512.</param>
/// <param name="Content">What lies there.</param>
/// <param name="Size">Bytes that are kept free; null: as large as the content.</param>
public sealed record DiskBlob(string Name, long Offset, FileContent Content, long? Size);

/// <summary>A partition with its place (in 512-byte sectors, both inclusive) and identifier.</summary>
public sealed record PlacedPartition(DiskPartition Partition, Guid Id, long FirstSector, long LastSector);

/// <summary>A whole disk: equal name, types, sizes, places and contents give equal identifiers and bytes.</summary>
/// <param name="Table">Kind of its partition table.</param>
/// <param name="Id">Disk GUID; the first four bytes are an MBR's signature.</param>
/// <param name="Partitions">In order of declaration.</param>
/// <param name="Blobs">What lies outside of partitions.</param>
/// <param name="Sectors">Length of the disk in 512-byte sectors.</param>
public sealed record DiskLayout(PartitionTable Table, Guid Id, ImmutableArray<PlacedPartition> Partitions, ImmutableArray<DiskBlob> Blobs, long Sectors)
{
    /// <summary>Bytes of a sector.</summary>
    public const int SectorSize = 512;

    /// <summary>Partitions without a place of their own start at multiples of 1 MiB.</summary>
    public const long AlignmentSectors = (1 << 20) / SectorSize;

    /// <summary>Length in bytes.</summary>
    public long SizeBytes => Sectors * SectorSize;

    /// <summary>Places everything.</summary>
    /// <param name="name">What the disk is known by, e.g. <c>qemu-arm64/edge-ml</c>; with the contents it decides the identifiers.</param>
    /// <param name="table">Kind of the partition table.</param>
    /// <param name="partitions">At least one, in order.</param>
    /// <param name="blobs">Raw content.</param>
    /// <exception cref="ImageInputException">A name is too long or doubled, a content does not fit, a size is unknown, places overlap, the table cannot say it; all problems at once.</exception>
    public static DiskLayout Plan(string name, PartitionTable table, IReadOnlyList<DiskPartition> partitions, params IReadOnlyList<DiskBlob> blobs)
    {
        string[] problems = [.. DiskProblems.Of(table, partitions, blobs)];
        Refuse(name, problems);

        string identity = string.Join('\n', partitions.Select(Identity).Concat(blobs.Select(blob => $"{blob.Name}|{blob.Offset}|{blob.Content.Sha256}")).Prepend(name));
        Guid disk = UuidV5.Create(UuidV5.Imagecraft, "disk\n" + identity);
        var places = new DiskPlaces(table, blobs, partitions);
        ImmutableArray<PlacedPartition> placed = [.. partitions.Select(partition => Place(partition))];
        Refuse(name, [.. places.Overlaps]);
        return new(table, disk, placed, [.. blobs], places.Sectors);

        PlacedPartition Place(DiskPartition partition)
        {
            long sectors = (SizeOf(partition) + SectorSize - 1) / SectorSize;
            long first = places.Take(partition, sectors);
            return new(partition, UuidV5.Create(disk, "partition\n" + partition.Name), first, first + sectors - 1);
        }
    }

    internal static long SizeOf(DiskPartition partition) => partition.Size ?? partition.Content!.Size;

    // A disk that says nothing new keeps the identifiers it had before there was more to say.
    private static string Identity(DiskPartition partition) =>
        $"{partition.Name}|{partition.Type.Gpt?.ToString() ?? $"{partition.Type.Mbr:x2}"}|{partition.Content?.Sha256}|{SizeOf(partition)}"
        + (partition.Offset is null && partition.Attributes == PartitionAttributes.None ? "" : $"|{partition.Offset}|{(ulong)partition.Attributes:x}");

    private static void Refuse(string name, string[] problems)
    {
        if (problems.Length > 0)
            throw new ImageInputException($"Partitions of disk `{name}` are not valid\n  {string.Join("\n  ", problems)}");
    }
}
