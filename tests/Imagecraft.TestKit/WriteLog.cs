// Reads QEMU's record of what a machine wrote to a disk. Pure; unaware of files and machines.

using System.Buffers.Binary;

namespace Imagecraft.TestKit;

/// <summary>A write, in the order of the record.</summary>
/// <param name="Offset">In bytes, on the disk.</param>
/// <param name="Length">Bytes that were written.</param>
/// <param name="ContentAt">Where they lie in the record.</param>
/// <param name="IsDurable">The disk has promised to keep it over a power failure: a flush followed, or it was forced (FUA).</param>
internal readonly record struct LoggedWrite(long Offset, long Length, long ContentAt, bool IsDurable);

/// <summary>The format of dm-log-writes, which QEMU's driver <c>blklogwrites</c> writes.</summary>
/// <remarks>Source: Documentation/admin-guide/device-mapper/log-writes.rst of the kernel, drivers/md/dm-log-writes.c (structures), QEMU's documentation of <c>BlockdevOptionsBlklogwrites</c>.</remarks>
internal static class WriteLog
{
    /// <summary>Bytes of the record's sectors, which the machine's may be a multiple of.</summary>
    public const int Sector = 512;

    private const ulong Magic = 0x6a736677736872;
    private const int EntryLength = 32;
    private const ulong Flush = 1, Forced = 2, Discard = 4;

    /// <summary>All writes. A record that ends in the middle of one, because QEMU was killed, ends before it.</summary>
    /// <param name="log">Can seek.</param>
    /// <exception cref="InvalidDataException">It is no such record.</exception>
    public static List<LoggedWrite> Read(Stream log)
    {
        if (log.Length < EntryLength)
            return []; // Nothing was written or flushed.
        Span<byte> head = stackalloc byte[EntryLength];
        log.Position = 0;
        log.ReadExactly(head);
        // The header comes with the first flush; until then the sectors are what was asked for.
        ulong magic = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (magic != 0 && (magic != Magic || BinaryPrimitives.ReadUInt64LittleEndian(head[8..]) != 1))
            throw new InvalidDataException("The record of a disk's writes does not begin with the header of version 1");
        long sector = magic == 0 ? Sector : BinaryPrimitives.ReadUInt32LittleEndian(head[24..]);
        var writes = new List<LoggedWrite>();
        for (long at = sector; at + EntryLength <= log.Length;)
        {
            log.Position = at;
            log.ReadExactly(head);
            long first = BinaryPrimitives.ReadInt64LittleEndian(head), count = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
            ulong flags = BinaryPrimitives.ReadUInt64LittleEndian(head[16..]);
            // Also an entry with a write of its own may begin with a flush of those before it.
            if ((flags & Flush) != 0)
                for (int index = 0; index < writes.Count; index++)
                    writes[index] = writes[index] with { IsDurable = true };
            if (count == 0 && flags == 0)
                break;
            long length = (flags & Discard) != 0 ? 0 : count * sector;
            at += sector;
            if (at + length > log.Length)
                break;
            if (length > 0)
                writes.Add(new(first * sector, length, at, (flags & Forced) != 0));
            at += length;
        }

        return writes;
    }
}
