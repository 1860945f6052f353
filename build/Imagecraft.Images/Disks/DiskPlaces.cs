// Gives out places on a disk. Unaware of identifiers and contents.

namespace Imagecraft.Images.Disks;

/// <summary>Keeps track of taken sectors: the tables, blobs, and partitions with a place of their own come first; the others go where room is left, in order.</summary>
internal sealed class DiskPlaces
{
    private readonly List<Place> taken = [];
    private readonly PartitionTable table;
    private long next = DiskLayout.AlignmentSectors;
    private long end;

    public DiskPlaces(PartitionTable table, IEnumerable<PlacedBlob> blobs, IEnumerable<SizedPartition> partitions)
    {
        this.table = table;
        Reserve(new("the partition table", 0, table == PartitionTable.Gpt ? GptTable.FirstUsable : 1));
        foreach (var (blob, content) in blobs)
            Reserve(new($"blob `{blob.Name}`", blob.Offset / DiskLayout.SectorSize, Up(Math.Max(blob.Size ?? 0, content.Size))));
        foreach (SizedPartition sized in partitions.Where(sized => sized.Partition.Offset is not null))
            Reserve(new($"partition `{sized.Partition.Name}`", sized.Partition.Offset!.Value / DiskLayout.SectorSize, Up(sized.Size)));
    }

    /// <summary>Places that share sectors, in words.</summary>
    public List<string> Overlaps { get; } = [];

    /// <summary>Sectors of the whole disk, a multiple of 1 MiB.</summary>
    public long Sectors => Align(end + (table == PartitionTable.Gpt ? GptTable.TableSectors + 1 : 0));

    /// <summary>The first sector of a partition.</summary>
    public long Take(DiskPartition partition, long sectors)
    {
        long first = partition.Offset / DiskLayout.SectorSize ?? Free(sectors);
        if (partition.Offset is null)
            Reserve(new($"partition `{partition.Name}`", first, sectors));
        next = Align(first + sectors);
        return first;
    }

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
            Overlaps.Add($"{char.ToUpperInvariant(place.Noun[0])}{place.Noun[1..]} takes bytes {place.FirstByte} to {place.LastByte}, and {other.Noun} {other.FirstByte} to {other.LastByte}; move one by its `offset:`");
        taken.Add(place);
        end = Math.Max(end, place.First + place.Sectors);
    }

    private static long Up(long bytes) => (bytes + DiskLayout.SectorSize - 1) / DiskLayout.SectorSize;

    private static long Align(long sector) => (sector + DiskLayout.AlignmentSectors - 1) / DiskLayout.AlignmentSectors * DiskLayout.AlignmentSectors;

    private sealed record Place(string Noun, long First, long Sectors)
    {
        public long FirstByte => First * DiskLayout.SectorSize;

        public long LastByte => ((First + Sectors) * DiskLayout.SectorSize) - 1;

        public bool Overlaps(long first, long sectors) => first < First + Sectors && First < first + sectors;
    }
}
