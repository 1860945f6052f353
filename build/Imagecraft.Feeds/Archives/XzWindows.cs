// Reads how much memory an xz file asks for, where the decoder has no limit of its own. Unaware of what is compressed.

using System.Buffers.Binary;

namespace Imagecraft.Feeds.Archives;

/// <summary>Goes from the end of each stream through its index to the header of each block.</summary>
/// <remarks>Source: The .xz File Format 1.2.1, sections 2.1.2 (footer), 3.1 (block header), 4 (index) and 5.3.1 (LZMA2).</remarks>
internal static class XzWindows
{
    private const int Fixed = 12, LongestIndex = 16 << 20, Lzma2 = 0x21;

    /// <summary>Refuses files with a window of more than <paramref name="limit"/> bytes; leaves the stream where it was.</summary>
    /// <exception cref="InvalidDataException">A window is too large, or the file is damaged or truncated.</exception>
    public static void Check(Stream source, long limit)
    {
        var start = source.Position;
        for (var end = source.Length; end > start;)
        {
            if (end - start >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(Bytes(source, end - 4, 4)) == 0) end -= 4;
            else end = Stream(source, start, end, limit);
        }
        source.Position = start;
    }

    // Returns where the stream that ends at `end` begins.
    private static long Stream(Stream source, long start, long end, long limit)
    {
        if (end - start < 2 * Fixed) throw Damaged();
        var footer = Bytes(source, end - Fixed, Fixed);
        var indexSize = ((long)BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(4)) + 1) * 4;
        if (footer[10] != 'Y' || footer[11] != 'Z' || indexSize > Math.Min(LongestIndex, end - start - (2 * Fixed))) throw Damaged();
        var blocksEnd = end - Fixed - indexSize;
        var index = Bytes(source, blocksEnd, (int)indexSize);
        var at = 1;
        var count = Number(index, ref at);
        var sizes = new List<long>();
        for (long i = 0; i < count; i++)
        {
            sizes.Add((Number(index, ref at) + 3) & ~3L);
            Number(index, ref at);
        }
        var block = blocksEnd;
        foreach (var size in Enumerable.Reverse(sizes))
        {
            block -= size;
            if (size <= 0 || block < start + Fixed) throw Damaged();
            if (Window(source, block) is var window && window > limit)
                throw new InvalidDataException($"the xz data asks for {window >> 20} MiB of memory, more than {limit >> 20}; compress it with a smaller window, such as that of `xz -9`");
        }
        return block - Fixed;
    }

    private static long Window(Stream source, long block)
    {
        var header = Bytes(source, block, 1);
        header = Bytes(source, block, (header[0] + 1) * 4);
        var flags = header[1];
        var at = 2;
        if ((flags & 0x40) != 0) Number(header, ref at);
        if ((flags & 0x80) != 0) Number(header, ref at);
        long largest = 0;
        for (var filter = 0; filter <= (flags & 3); filter++)
        {
            var id = Number(header, ref at);
            var length = Number(header, ref at);
            if (length > header.Length - at) throw Damaged();
            if (id == Lzma2 && length == 1) largest = Math.Max(largest, header[at] >= 40 ? uint.MaxValue : (2L | (header[at] & 1L)) << ((header[at] / 2) + 11));
            at += (int)length;
        }
        return largest;
    }

    private static long Number(byte[] data, ref int at)
    {
        long value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            if (at >= data.Length) throw Damaged();
            var part = data[at++];
            value |= (part & 0x7fL) << shift;
            if ((part & 0x80) == 0) return value;
        }
        throw Damaged();
    }

    private static byte[] Bytes(Stream source, long at, int count)
    {
        if (at < 0 || at + count > source.Length) throw Damaged();
        var data = new byte[count];
        source.Position = at;
        source.ReadExactly(data);
        return data;
    }

    private static InvalidDataException Damaged() => new("the xz data is damaged or truncated");
}
