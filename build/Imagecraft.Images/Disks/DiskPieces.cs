// Which parts of a disk somebody reads: tables, contents, and the room of boot loaders. Unaware of block maps and of how anything is written.

using System.Collections.Immutable;
using Imagecraft.Images.FileSystems;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Disks;

/// <summary>A part of a disk with what is read of it.</summary>
/// <param name="Noun">For messages.</param>
/// <param name="Offset">First byte of its content on the disk.</param>
/// <param name="Content">What lies there; null: zeros.</param>
/// <param name="Extents">What is read, as bytes of the disk; it may go beyond the content, where zeros are meant.</param>
public sealed record DiskPiece(string Noun, long Offset, FileContent? Content, ImmutableArray<Extent> Extents);

/// <summary>Takes a disk apart.</summary>
public static class DiskPieces
{
    /// <summary>
    /// All pieces, in the order in which they are written: later ones lie over earlier ones. Everything before the first partition is read, because boot ROMs and loaders look there for copies
    /// of loaders and for their environment. Not read are gaps between partitions, partitions without content, what lies behind the end of a file system, and the free blocks of ext4.
    /// </summary>
    /// <exception cref="ImageInputException">The table cannot say a place.</exception>
    public static IEnumerable<DiskPiece> Of(DiskLayout layout)
    {
        (long Sector, byte[] Bytes)[] table = [.. layout.Table == PartitionTable.Gpt ? GptTable.Sectors(layout) : MbrTable.Sectors(layout)];
        long first = layout.Partitions.Min(placed => layout.ByteOf(placed.FirstSector));
        yield return new("the room before the first partition", 0, null, [new(0, first)]);
        foreach (var (sector, bytes) in table)
            yield return Whole("the partition table", layout.ByteOf(sector), FileContent.Of(bytes), bytes.Length);
        foreach (PlacedPartition placed in layout.Partitions)
            if (placed.Content is { } content)
                yield return OfPartition(placed, content, layout);
        foreach (PlacedBlob blob in layout.Blobs)
            yield return Whole($"blob `{blob.Blob.Name}`", blob.Blob.Offset, blob.Content, Math.Max(blob.Content.Size, blob.Blob.Size ?? 0));
    }

    private static DiskPiece Whole(string noun, long offset, FileContent content, long length) => new(noun, offset, content, length == 0 ? [] : [new(offset, length)]);

    // Who reads a raw partition may read to its end.
    private static DiskPiece OfPartition(PlacedPartition placed, FileContent content, DiskLayout layout)
    {
        string noun = $"partition `{placed.Partition.Name}`";
        long offset = layout.ByteOf(placed.FirstSector);
        using Stream stream = content.Open();
        FileSystemUse use = FileSystemUse.Of(stream);
        return use.IsFileSystem
            ? new(noun, offset, content, [.. use.Used.Select(extent => extent.MovedBy(offset))])
            : Whole(noun, offset, content, layout.ByteOf(placed.LastSector + 1) - offset);
    }
}
