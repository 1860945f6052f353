// Finds what cannot be right on a disk as far as the board's text alone tells. Unaware of contents and their sizes.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

static class DiskCheck
{
    sealed record Place(string Noun, SourceSpan Span, long Start, long End)
    {
        /// <summary>A ROM may read the first bytes of the boot record, which are for code and which nobody else uses.</summary>
        public bool IsCode { get; init; }
    }

    /// <summary>Reports places that are no whole sectors, that overlap each other or the partition table, and names that are there twice.</summary>
    public static bool Check(Board board, Reading reading)
    {
        var before = reading.Problems.Count;
        var (table, partitions, blobs) = (board.PartitionTable, board.Partitions, board.Blobs);
        var isMbr = table?.Value == "mbr";
        var sectorSize = DiskSize.SectorOf(board);
        var kind = $"the partition table{(isMbr ? "" : " (GPT)")}{(sectorSize == 512 ? "" : $" in sectors of {sectorSize} bytes")}";
        Place[] places =
        [
            new(kind, table?.Span ?? new SourceSpan("", 0, 0, 0), 0, DiskSize.TableOf(board)),
            .. partitions.Where(p => p.Offset is not null).Select(p => new Place($"partition `{p.Name.Value}`", p.Offset!.Span, p.Offset.Value, p.Offset.Value + Math.Max(p.Size?.Value ?? 0, 1))),
            .. blobs.Select(b => new Place($"blob `{b.Name.Value}`", b.Offset.Span, b.Offset.Value, b.Offset.Value + Math.Max(b.Size?.Value ?? 0, 1)) { IsCode = b is { Offset.Value: 0, Size.Value: <= DiskSize.BootCode } }),
        ];
        for (var later = 1; later < places.Length; later++)
        {
            var place = places[later];
            if (place.Start % sectorSize != 0)
                reading.Error(Codes.WrongFormat, $"The offset of {place.Noun} is {place.Start} bytes, no whole sectors of {sectorSize}", place.Span, $"The sector it lies in starts at {place.Start / sectorSize * sectorSize}; the next one at {(place.Start / sectorSize * sectorSize) + sectorSize}");
            foreach (var other in places.Take(later).Where(other => place.Start < other.End && other.Start < place.End && !(place.IsCode && other == places[0])))
                reading.Error(Codes.Contradiction, $"{char.ToUpperInvariant(place.Noun[0])}{place.Noun[1..]} starts at byte {place.Start}, within {other.Noun}, which takes {other.Start} to {other.End - 1}", place.Span, $"Give it an `offset` of {other.End} or more");
        }
        foreach (var partition in partitions.Where(p => p.Attributes.Length > 0 && isMbr))
            foreach (var attribute in partition.Attributes.Where(a => a.Value is not ("bootable" or "grow")))
                reading.Error(Codes.Contradiction, $"Partition `{partition.Name.Value}` is `{attribute.Value}`, which an MBR cannot say", attribute.Span, "Only `bootable` has a place there; use `partition-table: gpt`");
        foreach (var partition in partitions.Where(p => p.Id is not null))
        {
            if (isMbr)
                reading.Error(Codes.Contradiction, $"Partition `{partition.Name.Value}` has an `id`, which an MBR cannot say", partition.Id!.Span, "Remove it, or use `partition-table: gpt`");
            if (partitions.First(p => p.Id is { } other && Guid.Parse(other.Value) == Guid.Parse(partition.Id!.Value)) is var first && first != partition)
                reading.Error(Codes.DuplicateName, $"Partitions `{first.Name.Value}` and `{partition.Name.Value}` have the same `id`", partition.Id!.Span, $"The other is at {first.Id!.Span}; a GUID names one partition");
        }
        PartitionTableCheck.Check(board, reading);
        GrowsAtTheEnd(partitions, reading);
        NoFolderTwice(partitions, reading);
        foreach (var partition in partitions)
            NoPathTwice(partition, reading);
        return reading.Problems.Count == before;
    }

    /// <summary>As far as the order tells; what has a place of its own may still lie behind, which the disk's step sees.</summary>
    static void GrowsAtTheEnd(IReadOnlyList<PartitionSpec> partitions, Reading reading)
    {
        foreach (var partition in partitions.Where(p => p.Grows))
        {
            var attribute = partition.Attributes.First(a => a.Value == "grow");
            var behind = partition.Offset is { } own
                ? partitions.FirstOrDefault(p => p.Offset?.Value > own.Value)
                : partitions.SkipWhile(p => p != partition).Skip(1).FirstOrDefault(p => p.Offset is null);
            if (behind is not null)
                reading.Error(Codes.Contradiction, $"Partition `{partition.Name.Value}` cannot grow: `{behind.Name.Value}` lies behind it", attribute.Span, "Make it the last one, or remove `grow`");
        }
    }

    static void NoFolderTwice(IReadOnlyList<PartitionSpec> partitions, Reading reading)
    {
        foreach (var same in partitions.Where(p => p.Mount is not null).GroupBy(p => p.Mount!.Value).Where(same => same.Count() > 1))
            reading.Error(Codes.DuplicateName, $"Partitions `{same.First().Name.Value}` and `{same.Last().Name.Value}` are both mounted in `{same.Key}`", same.Last().Mount!.Span, $"The other is at {same.First().Mount!.Span}; give one of them another folder");
    }

    /// <summary>FAT does not tell upper from lower case.</summary>
    static void NoPathTwice(PartitionSpec partition, Reading reading)
    {
        var paths = new Dictionary<string, SourceSpan>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in partition.Files.Where(file => !file.Path.Value.EndsWith('/')))
            if (!paths.TryAdd(file.Path.Value, file.Path.Span))
                reading.Error(Codes.DuplicateName, $"File `{file.Path.Value}` stands twice in partition `{partition.Name.Value}`", file.Path.Span, $"The other is at {paths[file.Path.Value]}; FAT does not tell upper from lower case");
        foreach (var file in partition.Files)
            for (var slash = file.Path.Value.LastIndexOf('/'); slash > 0; slash = file.Path.Value.LastIndexOf('/', slash - 1))
                if (paths.TryGetValue(file.Path.Value[..slash], out var other))
                    reading.Error(Codes.Contradiction, $"File `{file.Path.Value}` of partition `{partition.Name.Value}` lies in a file", file.Path.Span, $"`{file.Path.Value[..slash]}` is one at {other}; rename one of them");
    }
}
