// Writes a root file system as a deterministic tar. Unaware of who reads it.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Archives;

/// <summary>Writes ustar headers with pax extensions where ustar is too small.</summary>
/// <remarks>
/// Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; extended attributes as
/// <c>SCHILY.xattr.NAME</c>, which GNU tar, libarchive (mke2fs) and mkfs.erofs read.
/// </remarks>
public static class TarWriter
{
    private const int BlockSize = 512;

    // GNU tar's default record; some readers warn about shorter files.
    private const int RecordSize = 20 * BlockSize;

    private const long LargestOctal11 = 0x1_FFFF_FFFF;
    private const int LargestOctal7 = 0x1F_FFFF;

    /// <summary>Time stamp of all entries, seconds since 1970: 2026-01-01, as <c>SOURCE_DATE_EPOCH</c> of every action.</summary>
    public const long ModificationTime = 1767225600;

    /// <summary>Writes all entries in the tree's order, names relative with a leading <c>./</c>.</summary>
    /// <exception cref="ImageInputException">A file's content is shorter or longer than its declared size.</exception>
    public static async Task WriteAsync(RootFsTree tree, Stream output, CancellationToken cancellationToken)
    {
        long written = 0;
        foreach (OwnedEntry owned in tree.Entries)
        {
            RootFsEntry entry = owned.Entry;
            byte[] headers = Headers(entry);
            await output.WriteAsync(headers, cancellationToken);
            written += headers.Length;
            if (entry.Content is { } content)
            {
                await CopyAsync(entry.Path, content, output, cancellationToken);
                int padding = Padding(content.Size, BlockSize);
                await output.WriteAsync(new byte[padding], cancellationToken);
                written += content.Size + padding;
            }
        }

        int end = 2 * BlockSize;
        await output.WriteAsync(new byte[end + Padding(written + end, RecordSize)], cancellationToken);
    }

    private static async Task CopyAsync(TargetPath path, FileContent content, Stream output, CancellationToken cancellationToken)
    {
        await using Stream input = content.Open();
        byte[] buffer = new byte[128 * 1024];
        long copied = 0;
        for (int read; (read = await input.ReadAsync(buffer, cancellationToken)) > 0; copied += read)
        {
            if (copied + read > content.Size)
                break;
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (copied != content.Size || await input.ReadAsync(buffer, cancellationToken) != 0)
            throw new ImageInputException($"Content of `{path}` does not have the declared {content.Size} bytes; it was changed while the image was written");
    }

    private static byte[] Headers(RootFsEntry entry)
    {
        string name = "." + (entry.Path.IsRoot ? "/" : entry.Path.Value + (entry.Kind == EntryKind.Folder ? "/" : ""));
        long size = entry.Content?.Size ?? 0;
        var extended = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        if (!UstarName.TrySplit(name, out var split))
            extended["path"] = Encoding.UTF8.GetBytes(name);
        if (entry.LinkTarget is { } link && (Encoding.UTF8.GetByteCount(link) > 100 || !Ascii.IsValid(link)))
            extended["linkpath"] = Encoding.UTF8.GetBytes(link);
        if (size > LargestOctal11)
            extended["size"] = Number(size);
        if (entry.Uid > LargestOctal7)
            extended["uid"] = Number(entry.Uid);
        if (entry.Gid > LargestOctal7)
            extended["gid"] = Number(entry.Gid);
        foreach (var (key, value) in entry.Xattrs)
            extended["SCHILY.xattr." + key] = [.. value];

        byte[] header = Header(entry, split, size);
        if (extended.Count == 0)
            return header;
        byte[] records = [.. extended.SelectMany(pair => PaxRecord(pair.Key, pair.Value))];
        // The extension's own name is for readers that do not know pax; it must not vary, so it is the same for all.
        byte[] paxHeader = Block(("", "./@PaxHeader"), 0x1a4, 0, 0, records.Length, 'x', "", 0, 0);
        return [.. paxHeader, .. records, .. new byte[Padding(records.Length, BlockSize)], .. header];
    }

    private static byte[] Header(RootFsEntry entry, (string Prefix, string Name) name, long size)
    {
        char type = entry.Kind switch
        {
            EntryKind.File => '0',
            EntryKind.Symlink => '2',
            EntryKind.CharacterDevice => '3',
            EntryKind.BlockDevice => '4',
            EntryKind.Folder => '5',
            _ => '6',
        };
        return Block(name, entry.Mode, entry.Uid, entry.Gid, size, type, entry.LinkTarget ?? "", entry.Major, entry.Minor);
    }

    private static byte[] Block((string Prefix, string Name) name, int mode, int uid, int gid, long size, char type, string link, int major, int minor)
    {
        byte[] block = new byte[BlockSize];
        Text(block, 0, 100, name.Name);
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, Math.Min(uid, LargestOctal7));
        Octal(block, 116, 8, Math.Min(gid, LargestOctal7));
        Octal(block, 124, 12, Math.Min(size, LargestOctal11));
        Octal(block, 136, 12, ModificationTime);
        block[156] = (byte)type;
        Text(block, 157, 100, link);
        Text(block, 257, 6, "ustar\0");
        Text(block, 263, 2, "00");
        Octal(block, 329, 8, major);
        Octal(block, 337, 8, minor);
        Text(block, 345, 155, name.Prefix);

        block.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in block)
            sum += value;
        Octal(block, 148, 7, sum);
        return block;
    }

    private static byte[] PaxRecord(string key, byte[] value)
    {
        int rest = Encoding.UTF8.GetByteCount(key) + value.Length + 3;
        int length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        return [.. Encoding.UTF8.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    private static byte[] Number(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    private static void Text(byte[] block, int offset, int length, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(block.AsSpan(offset));
    }

    // Octal digits with leading zeros and a final NUL.
    private static void Octal(byte[] block, int offset, int length, long value) =>
        Text(block, offset, length - 1, Convert.ToString(value, 8).PadLeft(length - 1, '0'));

    private static int Padding(long size, int unit) => (int)((unit - (size % unit)) % unit);
}
