// Gives out places on a disk. Unaware of identifiers and contents.

namespace Imagecraft.Images.Disks;

/// <summary>Keeps track of taken sectors: the tables, blobs, and partitions with a place of their own come first; the others go where room is left, in order.</summary>
internal sealed class DiskPlaces
{
    private readonly List<Place> taken = [];
    private readonly PartitionTable table;
    private readonly int sectorSize;
    private long next;
    private long end;

    public DiskPlaces(PartitionTable table, int sectorSize, IEnumerable<PlacedBlob> blobs, IEnumerable<SizedPartition> partitions)
    {
        (this.table, this.sectorSize) = (table, sectorSize);
        next = Align(1);
        Reserve(new("the partition table", 0, table == PartitionTable.Gpt ? GptTable.FirstUsable(sectorSize) : 1));
        foreach (var (blob, content) in blobs.Where(placed => !IsInBootRecord(placed)))
            Reserve(new($"blob `{blob.Name}`", blob.Offset / sectorSize, Up(Math.Max(blob.Size ?? 0, content.Size))));
        foreach (SizedPartition sized in partitions.Where(sized => sized.Partition.Offset is not null))
            Reserve(new($"partition `{sized.Partition.Name}`", sized.Partition.Offset!.Value / sectorSize, Up(sized.Size)));
    }

    /// <summary>Places that share sectors, in words.</summary>
    public List<string> Overlaps { get; } = [];

    /// <summary>Sectors of the whole disk, a multiple of 1 MiB.</summary>
    public long Sectors => Align(end + (table == PartitionTable.Gpt ? GptTable.TableSectors(sectorSize) + 1 : 0));

    /// <summary>The first sector of a partition.</summary>
    public long Take(DiskPartition partition, long sectors)
    {
        long first = partition.Offset / sectorSize ?? Free(sectors);
        if (partition.Offset is null)
            Reserve(new($"partition `{partition.Name}`", first, sectors));
        next = Align(first + sectors);
        return first;
    }

    // Before the table's own bytes, in the same sector.
    private static bool IsInBootRecord(PlacedBlob placed) => placed.Blob.Offset == 0 && Math.Max(placed.Blob.Size ?? 0, placed.Content.Size) <= MbrTable.CodeSize;

    private long Free(long sectors)
    {
        long first = next;
        while (taken.Where(place => place.Overlaps(first, sectors)).Select(place => (long?)(place.First + place.Sectors)).Max() is { } after)
            first = Align(after);
        return first;
    }

    private void Reserve(Place place)
    {
        foreach (Place other in taken.Where(other => other.Overlaps(place.First, place.Sectors)))
            Overlaps.Add($"{char.ToUpperInvariant(place.Noun[0])}{place.Noun[1..]} takes bytes {Bytes(place)}, and {other.Noun} {Bytes(other)}; move one by its `offset:`");
        taken.Add(place);
        end = Math.Max(end, place.First + place.Sectors);
    }

    private long Up(long bytes) => (bytes + sectorSize - 1) / sectorSize;

    private long Align(long sector)
    {
        long sectors = DiskLayout.Alignment / sectorSize;
        return (sector + sectors - 1) / sectors * sectors;
    }

    private string Bytes(Place place) => $"{place.First * sectorSize} to {((place.First + place.Sectors) * sectorSize) - 1}";

    private sealed record Place(string Noun, long First, long Sectors)
    {
        public bool Overlaps(long first, long sectors) => first < First + Sectors && First < first + sectors;
    }
}
