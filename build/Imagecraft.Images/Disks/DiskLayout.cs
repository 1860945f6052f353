// Where partitions and blobs lie on a disk and which identifiers they have. Pure; unaware of files and of how tables are written.

using System.Collections.Immutable;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Disks;

/// <summary>A partition with its place (in sectors of the disk, both inclusive), identifier and content.</summary>
public sealed record PlacedPartition(DiskPartition Partition, Guid Id, long FirstSector, long LastSector, FileContent? Content = null);

/// <summary>A blob with its content.</summary>
public sealed record PlacedBlob(DiskBlob Blob, FileContent Content);

/// <summary>A whole disk: equal name, types, sizes, places and contents give equal identifiers and bytes.</summary>
/// <param name="Table">Kind of its partition table.</param>
/// <param name="Id">Disk GUID; the first four bytes are an MBR's signature.</param>
/// <param name="Partitions">In order of declaration.</param>
/// <param name="Blobs">What lies outside of partitions.</param>
/// <param name="Sectors">Length of the disk in sectors.</param>
/// <param name="SectorSize">Bytes of a sector.</param>
public sealed record DiskLayout(PartitionTable Table, Guid Id, ImmutableArray<PlacedPartition> Partitions, ImmutableArray<PlacedBlob> Blobs, long Sectors, int SectorSize)
{
    /// <summary>Partitions without a place of their own start at multiples of so many bytes, and the disk ends at one.</summary>
    public const int Alignment = 1 << 20;

    /// <summary>Length in bytes.</summary>
    public long SizeBytes => Sectors * SectorSize;

    /// <summary>The first byte of a sector.</summary>
    public long ByteOf(long sector) => sector * SectorSize;

    /// <summary>Places everything.</summary>
    /// <param name="disk">What is wanted.</param>
    /// <param name="contents">Finds each content that the disk names; it may be asked more than once.</param>
    /// <exception cref="ImageInputException">A name is too long or doubled, a content does not fit, a size is unknown, places overlap, the table cannot say it; all problems at once.</exception>
    public static DiskLayout Plan(Disk disk, Func<DiskContent, FileContent> contents)
    {
        ImmutableArray<SizedPartition> partitions = [.. disk.Partitions.Select(partition => new SizedPartition(partition, partition.Content is { } name ? contents(name) : null))];
        ImmutableArray<PlacedBlob> blobs = [.. disk.Blobs.Select(blob => new PlacedBlob(blob, contents(blob.Content)))];
        string[] problems = [.. DiskProblems.Of(disk, partitions, blobs)];
        Refuse(disk, problems);

        string identity = string.Join('\n', partitions.Select(Identity).Concat(blobs.Select(blob => $"{blob.Blob.Name}|{blob.Blob.Offset}|{blob.Content.Sha256}")).Prepend(disk.SectorSize == Disk.UsualSectorSize ? disk.Name : $"{disk.Name}|{disk.SectorSize}"));
        Guid id = disk is { Table: PartitionTable.Mbr, Root: { } root } ? root.MbrId : UuidV5.Create(UuidV5.Imagecraft, "disk\n" + identity);
        var places = new DiskPlaces(disk.Table, disk.SectorSize, blobs, partitions);
        ImmutableArray<PlacedPartition> placed = [.. partitions.Select(Place)];
        Refuse(disk, [.. places.Overlaps, .. Grown(placed, blobs, disk.SectorSize)]);
        return new(disk.Table, id, placed, blobs, places.Sectors, disk.SectorSize);

        PlacedPartition Place(SizedPartition sized)
        {
            long sectors = (sized.Size + disk.SectorSize - 1) / disk.SectorSize;
            long first = places.Take(sized.Partition, sectors);
            Guid own = disk.Root is { } root && root.Partition == sized.Partition.Name ? root.PartitionId : sized.Partition.Id ?? UuidV5.Create(id, "partition\n" + sized.Partition.Name);
            return new(sized.Partition, own, first, first + sectors - 1, sized.Content);
        }
    }

    // What takes the rest of the disk must have nothing behind it.
    private static IEnumerable<string> Grown(ImmutableArray<PlacedPartition> placed, ImmutableArray<PlacedBlob> blobs, int sectorSize)
    {
        foreach (var grown in placed.Where(placed => placed.Partition.Attributes.HasFlag(PartitionAttributes.Grow)))
        {
            var behind = placed.Where(other => other.FirstSector > grown.LastSector).Select(other => $"partition `{other.Partition.Name}`")
                .Concat(blobs.Where(blob => blob.Blob.Offset / sectorSize > grown.LastSector).Select(blob => $"blob `{blob.Blob.Name}`")).FirstOrDefault();
            if (behind is not null)
                yield return $"Partition `{grown.Partition.Name}` cannot grow: {behind} lies behind it; move one by its `offset:`, or remove `grow`";
        }
    }

    // A disk that says nothing new keeps the identifiers it had before there was more to say.
    private static string Identity(SizedPartition sized) =>
        $"{sized.Partition.Name}|{sized.Partition.Type.Gpt?.ToString() ?? $"{sized.Partition.Type.Mbr:x2}"}|{sized.Content?.Sha256}|{sized.Size}"
        + (sized.Partition.Offset is null && sized.Partition.Attributes == PartitionAttributes.None ? "" : $"|{sized.Partition.Offset}|{(ulong)sized.Partition.Attributes:x}");

    private static void Refuse(Disk disk, string[] problems)
    {
        if (problems.Length > 0)
            throw new ImageInputException($"Partitions of disk `{disk.Name}` are not valid\n  {string.Join("\n  ", problems)}");
    }
}

/// <summary>A partition with its content, which decides the size where none is said.</summary>
internal sealed record SizedPartition(DiskPartition Partition, FileContent? Content)
{
    /// <summary>Bytes; 0 when neither size nor content says any.</summary>
    public long Size => Partition.Size ?? Content?.Size ?? 0;
}
