// Writes a tar whose bytes follow from names, contents and executable bits alone. Unaware of where they come from.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Feeds.Archives;

/// <summary>GNU's format, for its long names and large sizes. No owners, no times.</summary>
/// <remarks>Source: GNU tar's manual, "Basic Tar Format".</remarks>
internal sealed class CanonicalTar(Stream output)
{
    private const int BlockSize = 512, NameField = 100;
    private const long LargestOctal = (1L << 33) - 1;

    /// <summary>Begins a file; its content follows by <see cref="Content"/>, then <see cref="EndFile"/>.</summary>
    public void File(string name, long size, bool executable) => Member(Encoding.UTF8.GetBytes(name), '0', executable ? 0x1ed : 0x1a4, size, []);

    public void Content(ReadOnlySpan<byte> part) => output.Write(part);

    public void EndFile(long size) => Pad(size);

    public void Link(string name, ReadOnlySpan<byte> target) => Member(Encoding.UTF8.GetBytes(name), '2', 0x1ff, 0, target);

    public void Folder(string name) => Member(Encoding.UTF8.GetBytes(name + "/"), '5', 0x1ed, 0, []);

    public void End() => output.Write(new byte[2 * BlockSize]);

    private void Member(ReadOnlySpan<byte> name, char type, int mode, long size, ReadOnlySpan<byte> target)
    {
        if (target.Length > NameField) Long('K', target);
        if (name.Length > NameField) Long('L', name);
        Header(name, type, mode, size, target);
    }

    private void Long(char type, ReadOnlySpan<byte> text)
    {
        Header("././@LongLink"u8, type, 0, text.Length + 1, []);
        output.Write(text);
        output.WriteByte(0);
        Pad(text.Length + 1);
    }

    private void Header(ReadOnlySpan<byte> name, char type, int mode, long size, ReadOnlySpan<byte> target)
    {
        Span<byte> header = stackalloc byte[BlockSize];
        header.Clear();
        name[..Math.Min(name.Length, NameField)].CopyTo(header);
        Octal(header.Slice(100, 8), mode);
        Octal(header.Slice(108, 8), 0);
        Octal(header.Slice(116, 8), 0);
        if (size <= LargestOctal) Octal(header.Slice(124, 12), size);
        else
        {
            header[124] = 0x80;
            BinaryPrimitives.WriteInt64BigEndian(header.Slice(128, 8), size);
        }
        Octal(header.Slice(136, 12), 0);
        header[156] = (byte)type;
        target[..Math.Min(target.Length, NameField)].CopyTo(header[157..]);
        "ustar  "u8.CopyTo(header[257..]);
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header) sum += b;
        Octal(header.Slice(148, 7), sum);
        output.Write(header);
    }

    // Digits with a NUL behind them.
    private static void Octal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
    }

    private void Pad(long size) => output.Write(new byte[(int)((BlockSize - (size % BlockSize)) % BlockSize)]);
}
