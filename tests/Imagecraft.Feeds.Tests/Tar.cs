// Builds tar archives byte by byte, hostile ones too. Unaware of what reads them.

using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Imagecraft.Feeds.Tests;

internal sealed class Tar
{
    private readonly List<byte> output = [];
    private int last;

    public Tar File(string name, string content = "content", string mode = "644", char type = '0') => Member(name, type, "", mode, Encoding.UTF8.GetBytes(content));

    public Tar Folder(string name, string mode = "755") => Member(name, '5', "", mode, []);

    public Tar Link(string name, string target) => Member(name, '2', target, "777", []);

    public Tar HardLink(string name, string target) => Member(name, '1', target, "644", []);

    public Tar Member(string name, char type, string target, string mode, byte[] content)
    {
        var header = new byte[512];
        Put(header, 0, name);
        Put(header, 100, mode.PadLeft(7, '0'));
        Put(header, 124, Convert.ToString(content.Length, 8).PadLeft(11, '0'));
        Put(header, 136, "00000000000");
        header[156] = (byte)type;
        Put(header, 157, target);
        Put(header, 257, "ustar");
        header[263] = header[264] = (byte)'0';
        Array.Fill(header, (byte)' ', 148, 8);
        Put(header, 148, Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0");
        last = output.Count;
        output.AddRange(header);
        output.AddRange(content);
        output.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    /// <summary>Changes the last header and gives it a right checksum.</summary>
    public Tar Patch(int at, params byte[] bytes)
    {
        var start = last;
        for (var i = 0; i < bytes.Length; i++) output[start + at + i] = bytes[i];
        for (var i = 148; i < 156; i++) output[start + i] = (byte)' ';
        var sum = Convert.ToString(Enumerable.Range(start, 512).Sum(i => output[i]), 8).PadLeft(6, '0') + "\0";
        for (var i = 0; i < sum.Length; i++) output[start + 148 + i] = (byte)sum[i];
        return this;
    }

    /// <summary>Gives the last member another owner.</summary>
    public Tar Owner(string user, string group) => Patch(265, [.. Encoding.UTF8.GetBytes(user), 0]).Patch(297, [.. Encoding.UTF8.GetBytes(group), 0]);

    /// <summary>Without the blocks of zeros that mark an end.</summary>
    public byte[] WithoutEnd() => [.. output];

    public Tar Pax(string key, string value)
    {
        var length = key.Length + Encoding.UTF8.GetByteCount(value) + 3;
        length += length.ToString(CultureInfo.InvariantCulture).Length;
        if (length.ToString(CultureInfo.InvariantCulture).Length > (length - 1).ToString(CultureInfo.InvariantCulture).Length) length++;
        return Member("pax", 'x', "", "644", Encoding.UTF8.GetBytes($"{length} {key}={value}\n"));
    }

    public byte[] Bytes() => [.. output, .. new byte[1024]];

    public byte[] Gzip() => Compress(Bytes(), s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true));

    public static byte[] Compress(byte[] bytes, Func<Stream, Stream> encoder)
    {
        using var result = new MemoryStream();
        using (var stream = encoder(result)) stream.Write(bytes);
        return result.ToArray();
    }

    private static void Put(byte[] header, int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);
}
