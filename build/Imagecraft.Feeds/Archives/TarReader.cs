// Reads tar archives: ustar, pax and GNU long names. Unaware of disks.

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Imagecraft.Feeds.Archives;

/// <summary>Yields members one by one; errors carry the offset in the decoded archive.</summary>
/// <remarks>Source: POSIX.1-2017 pax, section "ustar Interchange Format", and GNU tar's manual, "Basic Tar Format".</remarks>
internal sealed class TarReader(Stream source)
{
    private const int BlockSize = 512;
    private const int LongestExtension = 4 << 20;

    private readonly byte[] header = new byte[BlockSize];
    private long offset;
    private long rest;
    private int padding;

    /// <summary>The next member, or null after the last. What was not read of the one before is skipped.</summary>
    /// <exception cref="InvalidDataException">The archive is malformed or ends too early.</exception>
    public TarEntry? Next()
    {
        string? longName = null, longTarget = null;
        long? paxSize = null;
        while (true)
        {
            SkipRest();
            var start = offset;
            if (!ReadHeader()) return null;
            var type = (char)header[156];
            var size = ReadNumber(header.AsSpan(124, 12), start);
            switch (type)
            {
                case 'L' or 'K':
                    var text = Encoding.UTF8.GetString(ReadExtension(size, start)).TrimEnd('\0');
                    if (type == 'L') longName = text;
                    else longTarget = text;
                    continue;
                case 'x':
                    foreach (var (key, value) in PaxRecords(ReadExtension(size, start), start))
                    {
                        if (key == "path") longName = value;
                        else if (key == "linkpath") longTarget = value;
                        else if (key == "size") paxSize = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                        else if (key.StartsWith("GNU.sparse", StringComparison.Ordinal)) throw Malformed(start, "has a sparse file, which is not supported");
                    }
                    continue;
                case 'g':
                    ReadExtension(size, start);
                    continue;
                case 'S':
                    throw Malformed(start, "has a sparse file, which is not supported");
            }
            var kind = type switch
            {
                '0' or '\0' or '7' => TarKind.File,
                '1' => TarKind.HardLink,
                '2' => TarKind.SymbolicLink,
                '5' => TarKind.Folder,
                _ => TarKind.Other,
            };
            var name = longName ?? HeaderName();
            if (kind == TarKind.File && type == '\0' && name.EndsWith('/')) kind = TarKind.Folder;
            Begin(kind is TarKind.HardLink or TarKind.SymbolicLink or TarKind.Folder ? 0 : paxSize ?? size);
            var mode = ReadNumber(header.AsSpan(100, 8), start);
            return new TarEntry(kind, name, longTarget ?? Text(header.AsSpan(157, 100)), (mode & 0b001_000_000) != 0, rest, start);
        }
    }

    /// <summary>Reads content of the present member; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, rest);
        if (wanted == 0) return 0;
        var count = source.Read(buffer[..wanted]);
        if (count == 0) throw Truncated();
        rest -= count;
        offset += count;
        return count;
    }

    private void Begin(long size)
    {
        rest = size;
        padding = (int)((BlockSize - (size % BlockSize)) % BlockSize);
    }

    private void SkipRest()
    {
        Span<byte> scratch = stackalloc byte[4096];
        rest += padding;
        padding = 0;
        while (rest > 0) Read(scratch);
    }

    // False at the end mark, a block of zeros.
    private bool ReadHeader()
    {
        var count = source.ReadAtLeast(header, BlockSize, throwOnEndOfStream: false);
        if (count < BlockSize) throw Truncated();
        var start = offset;
        offset += BlockSize;
        if (!header.AsSpan().ContainsAnyExcept((byte)0)) return false;
        var sum = 0;
        for (var i = 0; i < BlockSize; i++) sum += i is >= 148 and < 156 ? ' ' : header[i];
        if (ReadNumber(header.AsSpan(148, 8), start) != sum) throw Malformed(start, "has a header whose checksum is wrong");
        return true;
    }

    private byte[] ReadExtension(long size, long start)
    {
        if (size is < 0 or > LongestExtension) throw Malformed(start, $"has an extended header of {size} bytes");
        Begin(size);
        var data = new byte[size];
        var done = 0;
        while (done < data.Length) done += Read(data.AsSpan(done));
        return data;
    }

    private static IEnumerable<(string Key, string Value)> PaxRecords(byte[] data, long start)
    {
        var at = 0;
        while (at < data.Length && data[at] != 0)
        {
            var blank = Array.IndexOf(data, (byte)' ', at);
            if (blank < 0 || !int.TryParse(data.AsSpan(at, blank - at), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= blank - at + 1 || at + length > data.Length)
                throw Malformed(start, "has a malformed pax record");
            var record = Encoding.UTF8.GetString(data, blank + 1, at + length - blank - 2);
            var equals = record.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw Malformed(start, "has a malformed pax record");
            yield return (record[..equals], record[(equals + 1)..]);
            at += length;
        }
    }

    private string HeaderName()
    {
        var name = Text(header.AsSpan(0, 100));
        var isPosix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        return isPosix && header[345] != 0 ? Text(header.AsSpan(345, 155)) + "/" + name : name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    // Octal text, or GNU's base 256 when the first bit is set.
    private static long ReadNumber(ReadOnlySpan<byte> field, long start)
    {
        if ((field[0] & 0x80) != 0) return field.Length >= 8 ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) & long.MaxValue : throw Malformed(start, "has a malformed number");
        long value = 0;
        foreach (var digit in field.Trim(" \0"u8))
            value = digit is >= (byte)'0' and <= (byte)'7' ? (value << 3) + digit - '0' : throw Malformed(start, "has a malformed number in a header");
        return value;
    }

    private InvalidDataException Truncated() => Malformed(offset, "ends too early: it is truncated");

    private static InvalidDataException Malformed(long at, string what) => new($"offset {at} of the archive {what}");
}
