// Reads tar archives: ustar, pax and GNU long names. Unaware of disks.

using System.Globalization;

namespace Imagecraft.Feeds.Archives;

/// <summary>Yields members one by one; errors carry the offset in the decoded archive.</summary>
/// <remarks>
/// Source: POSIX.1-2017 pax, section "ustar Interchange Format", and GNU tar's manual, "Basic Tar Format".
/// Not System.Formats.Tar: that one allocates what a header claims of an extension, loses bytes of names that are not UTF-8 without a word, and its errors have no offsets.
/// </remarks>
internal sealed class TarReader(Stream source)
{
    private const int BlockSize = 512;
    private const int LongestExtension = 4 << 20;
    private const long LargestMember = 1L << 50;
    private const string AttributePrefix = "SCHILY.xattr.";

    private readonly byte[] header = new byte[BlockSize];
    private long offset;
    private long rest;
    private int padding;

    /// <summary>The archive ended after a member, without the blocks of zeros that mark an end. GNU tar takes that for an end, too.</summary>
    public bool LacksEnd { get; private set; }

    /// <summary>The next member, or null after the last. What was not read of the one before is skipped.</summary>
    /// <exception cref="InvalidDataException">The archive is malformed or ends too early.</exception>
    public TarEntry? Next()
    {
        var extension = new Extension();
        while (true)
        {
            SkipRest();
            var start = offset;
            if (!ReadHeader()) return extension.IsEmpty ? null : throw Truncated();
            var type = (char)header[156];
            var size = Number(header.AsSpan(124, 12), start);
            switch (type)
            {
                case 'L':
                    extension.Name = Trimmed(ReadExtension(size, start));
                    continue;
                case 'K':
                    extension.Target = Trimmed(ReadExtension(size, start));
                    continue;
                case 'x':
                    foreach (var record in TarText.PaxRecords(ReadExtension(size, start)))
                    {
                        if (record is not { } known || !extension.Take(known.Key, known.Value)) throw Malformed(start, "has a malformed pax record");
                        if (known.Key.StartsWith("GNU.sparse", StringComparison.Ordinal)) throw Malformed(start, "has a sparse file, which is not supported");
                    }
                    continue;
                case 'g':
                    ReadExtension(size, start);
                    continue;
                case 'S':
                    throw Malformed(start, "has a sparse file, which is not supported");
            }
            return Member(type, extension, size, start);
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

    private TarEntry Member(char type, Extension extension, long size, long start)
    {
        var kind = type switch
        {
            '0' or '\0' or '7' => TarKind.File,
            '1' => TarKind.HardLink,
            '2' => TarKind.SymbolicLink,
            '5' => TarKind.Folder,
            _ => TarKind.Other,
        };
        var escaped = false;
        var name = extension.Name is { } longName ? TarText.Of(longName, ref escaped) : HeaderName(ref escaped);
        if (kind == TarKind.File && type == '\0' && name.EndsWith('/')) kind = TarKind.Folder;
        Begin(kind is TarKind.HardLink or TarKind.SymbolicLink or TarKind.Folder ? 0 : extension.Size ?? size, start);
        var target = TarText.Of(extension.Target ?? header.AsSpan(157, 100), ref escaped);
        return new TarEntry(kind, name, target, (int)(Number(header.AsSpan(100, 8), start) & 0xfff), rest, start)
        {
            User = Owner(extension.User ?? header.AsSpan(265, 32), extension.UserId ?? TarText.Number(header.AsSpan(108, 8)) ?? 0),
            Group = Owner(extension.Group ?? header.AsSpan(297, 32), extension.GroupId ?? TarText.Number(header.AsSpan(116, 8)) ?? 0),
            Attributes = [.. extension.Attributes],
            IsEscaped = escaped,
        };
    }

    // As dpkg and tar have it: the name counts, the number only without one.
    private static string Owner(ReadOnlySpan<byte> name, long id)
    {
        var escaped = false;
        return TarText.Of(name, ref escaped) is { Length: > 0 } known ? known : id == 0 ? "root" : id.ToString(CultureInfo.InvariantCulture);
    }

    private void Begin(long size, long start)
    {
        if (size > LargestMember) throw Malformed(start, $"has a member of {size} bytes");
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

    // False at the end: a block of zeros, or nothing after at least one member.
    private bool ReadHeader()
    {
        var count = source.ReadAtLeast(header, BlockSize, throwOnEndOfStream: false);
        if (count == 0 && offset > 0)
        {
            LacksEnd = true;
            return false;
        }
        if (count < BlockSize) throw Truncated();
        var start = offset;
        offset += BlockSize;
        if (!header.AsSpan().ContainsAnyExcept((byte)0)) return false;
        var sum = 0;
        for (var i = 0; i < BlockSize; i++) sum += i is >= 148 and < 156 ? ' ' : header[i];
        if (Number(header.AsSpan(148, 8), start) != sum) throw Malformed(start, "has a header whose checksum is wrong");
        return true;
    }

    private byte[] ReadExtension(long size, long start)
    {
        if (size > LongestExtension) throw Malformed(start, $"has an extended header of {size} bytes");
        Begin(size, start);
        var data = new byte[size];
        var done = 0;
        while (done < data.Length) done += Read(data.AsSpan(done));
        return data;
    }

    private string HeaderName(ref bool escaped)
    {
        var name = TarText.Of(header.AsSpan(0, 100), ref escaped);
        var isPosix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        return isPosix && header[345] != 0 ? TarText.Of(header.AsSpan(345, 155), ref escaped) + "/" + name : name;
    }

    private static byte[] Trimmed(byte[] text) => text.AsSpan().TrimEnd((byte)0).ToArray();

    private static long Number(ReadOnlySpan<byte> field, long start) => TarText.Number(field) ?? throw Malformed(start, "has a malformed number in a header");

    private InvalidDataException Truncated() => Malformed(offset, "ends too early: it is truncated");

    private static InvalidDataException Malformed(long at, string what) => new($"offset {at} of the archive {what}");

    // What extended headers say of the member that follows them.
    private sealed class Extension
    {
        public byte[]? Name { get; set; }

        public byte[]? Target { get; set; }

        public byte[]? User { get; private set; }

        public byte[]? Group { get; private set; }

        public long? UserId { get; private set; }

        public long? GroupId { get; private set; }

        public long? Size { get; private set; }

        public List<string> Attributes { get; } = [];

        public bool IsEmpty => Name is null && Target is null && User is null && Group is null && UserId is null && GroupId is null && Size is null && Attributes.Count == 0;

        // False when the value is malformed.
        public bool Take(string key, byte[] value)
        {
            switch (key)
            {
                case "path":
                    Name = value;
                    return !value.Contains((byte)0);
                case "linkpath":
                    Target = value;
                    return !value.Contains((byte)0);
                case "uname":
                    User = value;
                    return true;
                case "gname":
                    Group = value;
                    return true;
                case "uid":
                    return (UserId = Decimal(value)) is not null;
                case "gid":
                    return (GroupId = Decimal(value)) is not null;
                case "size":
                    return (Size = Decimal(value)) is not null;
                default:
                    if (key.StartsWith(AttributePrefix, StringComparison.Ordinal)) Attributes.Add(key[AttributePrefix.Length..]);
                    return true;
            }
        }

        private static long? Decimal(byte[] value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
