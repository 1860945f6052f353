// A disk as it is wanted, without the bytes of its contents; travels as JSON, too. Unaware of where anything comes to lie.

using System.Collections.Immutable;

namespace Imagecraft.Images.Disks;

/// <summary>The kind of a partition table.</summary>
public enum PartitionTable
{
    /// <summary>GUID partition table of UEFI.</summary>
    Gpt,

    /// <summary>The PC's master boot record, with its four primary partitions.</summary>
    Mbr,
}

/// <summary>What is wanted of a disk.</summary>
/// <param name="Name">What it is known by, e.g. <c>edge-ml@qemu-arm64</c>; with the contents it decides the identifiers.</param>
/// <param name="Table">Kind of its partition table.</param>
/// <param name="Partitions">At least one, in order.</param>
/// <param name="Blobs">Raw content outside of partitions.</param>
/// <param name="SectorSize">Bytes of the device's logical sectors, 512 or 4096: tables count in them, and everything begins at one.</param>
public sealed record Disk(string Name, PartitionTable Table, ImmutableArray<DiskPartition> Partitions, ImmutableArray<DiskBlob> Blobs, int SectorSize = Disk.UsualSectorSize)
{
    /// <summary>The partition whose identifier the boot files name; null when none does.</summary>
    public DiskRoot? Root { get; init; }

    /// <summary>Sectors of most devices, SD cards and eMMC among them.</summary>
    public const int UsualSectorSize = 512;
}

/// <summary>A partition as it is wanted.</summary>
/// <param name="Name">GPT name, 36 UTF-16 units at most.</param>
/// <param name="Type">What it is for.</param>
/// <param name="Content">What it holds, or null for an empty one.</param>
/// <param name="Size">Bytes; null: as large as the content.</param>
/// <param name="Offset">First byte, the start of a sector; null: the next multiple of 1 MiB that is free.</param>
/// <param name="Attributes">What firmware is told.</param>
public sealed record DiskPartition(string Name, PartitionType Type, DiskContent? Content, long? Size, long? Offset = null, PartitionAttributes Attributes = PartitionAttributes.None)
{
    /// <summary>Its own GUID; null: made of the disk's content.</summary>
    public Guid? Id { get; init; }
}

/// <summary>Raw content at a fixed place outside of partitions, such as a boot loader that a ROM reads.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Offset">First byte, the start of a sector.</param>
/// <param name="Content">What lies there.</param>
/// <param name="Size">Bytes that are kept free; null: as large as the content.</param>
public sealed record DiskBlob(string Name, long Offset, DiskContent Content, long? Size);

/// <summary>A content by the name under which whoever writes the disk finds it.</summary>
/// <param name="Name">Of a file, or of a tree.</param>
/// <param name="File">Absolute path in the tree; null when <paramref name="Name"/> is the file itself.</param>
public sealed record DiskContent(string Name, string? File = null);
