// How large a disk is at least, as far as its board's text and some sizes tell. Unaware of contents.

namespace Imagecraft.Metadata.Model;

/// <summary>Sizes of a board's disk in bytes.</summary>
public static class DiskSize
{
    /// <summary>Partitions without a place of their own start at its multiples, and the disk ends at one.</summary>
    private const long Alignment = 1 << 20;

    /// <summary>Bytes at the disk's beginning that are for code, whichever the table (UEFI specification 2.10, 5.2.1).</summary>
    public const long BootCode = 440;

    /// <summary>128 entries of 128 bytes, the least that a GPT has (UEFI specification 2.10, chapter 5).</summary>
    private const long GptEntries = 128 * 128;

    /// <summary>A logical sector.</summary>
    public static int SectorOf(Board board) => board.SectorSize?.Value ?? 512;

    /// <summary>The table at the start of the disk: an MBR; or a protective one, header and entries of a GPT.</summary>
    public static long TableOf(Board board) => board.PartitionTable?.Value == "mbr" ? SectorOf(board) : (2 * SectorOf(board)) + GptEntries;

    /// <summary>The least that the whole disk can have; 0 for a board without one.</summary>
    /// <param name="board">The board.</param>
    /// <param name="sizeOf">The size of a partition; null where nobody knows it yet.</param>
    public static long Least(Board board, Func<PartitionSpec, long?> sizeOf)
    {
        if (board.Partitions.IsEmpty)
            return 0;
        var ends = board.Partitions.Where(p => p.Offset is not null).Select(p => p.Offset!.Value + (sizeOf(p) ?? 1))
            .Concat(board.Blobs.Select(b => b.Offset.Value + (b.Size?.Value ?? 1)));
        // The others follow each other; room that fixed places take from them would come on top.
        var end = 0L;
        foreach (var partition in board.Partitions.Where(p => p.Offset is null))
            end = Math.Max(Up(end), Alignment) + (sizeOf(partition) ?? 1);
        var backup = board.PartitionTable?.Value == "mbr" ? 0 : SectorOf(board) + GptEntries;
        return Up(ends.Append(end).Max() + backup);
    }

    private static long Up(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
