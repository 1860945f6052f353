// The image vector table that i.MX 8M's ROM reads, and the code behind it. Unaware of disks.

using System.Buffers.Binary;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Sources: i.MX 8M Plus Applications Processor Reference Manual, 6.1.6 (program image); U-Boot, include/imx8mimage.h and tools/imx8mimage.c.</remarks>
internal static class Imx8mStage
{
    private const int TableSize = 0x20, HeaderSize = 0x40;

    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings)
    {
        var head = bytes.Span;
        if (head.Length < HeaderSize || head[0] != 0xd1 || BinaryPrimitives.ReadUInt16BigEndian(head[1..]) != TableSize || (head[3] & 0xf0) != 0x40)
        {
            findings.Stage($"has no image vector table (`d1 00 20 4x`) where the ROM reads it");
            return null;
        }

        var (entry, data, self) = (Word(head, 4), Word(head, 16), Word(head, 20));
        if (data != self + TableSize)
        {
            findings.Stage($"has its boot data at {data:x8}, not behind the table at {self:x8}");
            return null;
        }

        var (start, size) = (Word(head, TableSize), Word(head, TableSize + 4));
        if (start > self || entry < self || entry - self >= size)
            findings.Stage($"is entered at {entry:x8}, outside of what the ROM loads (from {start:x8}, {size} bytes)");
        // The table's own place is what is loaded from the disk's place that the ROM reads.
        var skip = entry - self;
        if (size > bytes.Length || skip >= size)
        {
            findings.Stage($"is cut: the ROM loads {size} bytes, of which {bytes.Length} have a place");
            return null;
        }

        return new(size, [new("spl", bytes[(int)skip..(int)size], entry, entry)]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
