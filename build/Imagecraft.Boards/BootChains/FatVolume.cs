// Reads files out of a FAT file system as firmware does. Unaware of who made it and of what the files are.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Imagecraft.Boards.BootChains;

/// <summary>A FAT12, FAT16 or FAT32 volume.</summary>
/// <remarks>Source: Microsoft, FAT: General Overview of On-Disk Format, version 1.03.</remarks>
internal sealed class FatVolume
{
    private const int EntrySize = 32, LongName = 0x0f, IsFolder = 0x10, IsLabel = 0x08, MostFolders = 4096, MostDepth = 4, MostFiles = 4096;

    private readonly Stream disk;
    private readonly long data;
    private readonly int cluster, bits;
    private readonly byte[] table, rootEntries;
    private readonly uint rootCluster, clusters;

    private sealed record Entry(string Name, bool Folder, uint First, uint Size);

    private FatVolume(Stream disk, long start, ReadOnlySpan<byte> head)
    {
        this.disk = disk;
        int sector = Word(head, 11), perCluster = head[13], reserved = Word(head, 14), tables = head[16], entries = Word(head, 17);
        var tableSize = Word(head, 22) is > 0 and var small ? (uint)small : Double(head, 36);
        var sectors = Word(head, 19) is > 0 and var few ? (uint)few : Double(head, 32);
        var rootSectors = ((entries * EntrySize) + sector - 1) / sector;
        var before = reserved + (tables * (long)tableSize) + rootSectors;
        cluster = sector * perCluster;
        clusters = (uint)Math.Max(0, (sectors - before) / perCluster);
        bits = clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32;
        data = start + (before * sector);
        table = disk.At(start + (reserved * (long)sector), Math.Min(tableSize * (long)sector, ((clusters + 2L) * bits / 8) + 4));
        rootEntries = disk.At(data - (rootSectors * (long)sector), entries * EntrySize);
        rootCluster = bits == 32 ? Double(head, 44) : 0;
    }

    /// <summary>The volume that begins at a byte of a disk; null when none does.</summary>
    public static FatVolume? Open(Stream disk, long start)
    {
        var head = disk.At(start, 512);
        return head.Length == 512 && head[510] == 0x55 && head[511] == 0xaa && Word(head, 11) is 512 or 1024 or 2048 or 4096 && head[13] > 0 && head[16] > 0 && Word(head, 14) > 0 ? new(disk, start, head) : null;
    }

    /// <summary>The paths of all files below a folder, whose letters' case does not count; empty when it is not there.</summary>
    public ImmutableArray<string> Below(string path)
    {
        var folder = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            folder = folder?.FirstOrDefault(e => e.Folder && string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase)) is { } entry ? Entries(Chain(entry.First, long.MaxValue)) : null;
        return [.. Files(folder, path.TrimEnd('/'), 0)];
    }

    private ImmutableArray<Entry>? Root => Entries(bits == 32 ? Chain(rootCluster, long.MaxValue) : rootEntries);

    // A damaged folder may contain itself.
    private IEnumerable<string> Files(ImmutableArray<Entry>? folder, string path, int depth) => folder is null || depth > MostDepth ? [] :
        folder.Value.Where(e => e.Name is not ("." or "..")).SelectMany(e => e.Folder ? Files(Entries(Chain(e.First, long.MaxValue)), $"{path}/{e.Name}", depth + 1) : [$"{path}/{e.Name}"]).Take(MostFiles);

    /// <summary>The content of a file by its path, in which letters' case does not count; null when it is not there or its clusters lead nowhere.</summary>
    public byte[]? Read(string path)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var folder = Root;
        for (var i = 0; i < names.Length; i++)
        {
            if (folder?.FirstOrDefault(e => string.Equals(e.Name, names[i], StringComparison.OrdinalIgnoreCase)) is not { } entry)
                return null;
            if (i == names.Length - 1)
                return entry.Folder ? null : entry.Size == 0 ? [] : Chain(entry.First, entry.Size);
            folder = entry.Folder ? Entries(Chain(entry.First, long.MaxValue)) : null;
        }

        return null;
    }

    // Long names stand in pieces before their entry, the last piece first.
    private static ImmutableArray<Entry>? Entries(byte[]? bytes)
    {
        if (bytes is null)
            return null;
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var name = "";
        for (var at = 0; at + EntrySize <= bytes.Length && bytes[at] != 0 && entries.Count < MostFolders; at += EntrySize)
        {
            var entry = bytes.AsSpan(at, EntrySize);
            if (entry[0] == 0xe5)
            {
                name = "";
            }
            else if (entry[11] == LongName)
            {
                var piece = Encoding.Unicode.GetString([.. entry[1..11], .. entry[14..26], .. entry[28..32]]);
                name = piece.Split('\0')[0].TrimEnd('\uffff') + name;
            }
            else
            {
                if ((entry[11] & IsLabel) == 0)
                    entries.Add(new(name.Length > 0 ? name : Short(entry), (entry[11] & IsFolder) != 0, (uint)Word(entry, 26) | ((uint)Word(entry, 20) << 16), Double(entry, 28)));
                name = "";
            }
        }

        return entries.ToImmutable();
    }

    private static string Short(ReadOnlySpan<byte> entry)
    {
        var (name, extension) = (Encoding.ASCII.GetString(entry[..8]).TrimEnd(), Encoding.ASCII.GetString(entry[8..11]).TrimEnd());
        return extension.Length == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.{extension}");
    }

    private byte[]? Chain(uint first, long size)
    {
        using var content = new MemoryStream();
        for (uint at = first, steps = 0; content.Length < size; at = Next(at), steps++)
        {
            if (at < 2 || at >= clusters + 2 || steps > clusters)
                return size == long.MaxValue && steps > 0 && steps <= clusters ? content.ToArray() : null;
            var bytes = disk.At(data + ((at - 2L) * cluster), Math.Min(cluster, size - content.Length));
            if (bytes.Length < Math.Min(cluster, size - content.Length))
                return null;
            content.Write(bytes);
        }

        return content.ToArray();
    }

    private uint Next(uint number)
    {
        var at = (int)(number * (long)bits / 8);
        if (at + (bits == 32 ? 4 : 2) > table.Length)
            return 0;
        return bits switch
        {
            12 => (uint)(number % 2 == 0 ? Word(table, at) & 0xfff : Word(table, at) >> 4),
            16 => (uint)Word(table, at),
            _ => Double(table, at) & 0x0fffffff,
        };
    }

    private static int Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint Double(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
