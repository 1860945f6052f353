// Takes OpenPGP data apart: armour into bytes, bytes into packets. Unaware of keys and of what is signed.

using System.Text;

namespace Imagecraft.Feeds.Debian;

/// <summary>The outer forms of OpenPGP data.</summary>
/// <remarks>Source: RFC 9580 sections 4.2 and 6.</remarks>
internal static class OpenPgpData
{
    private const string Begin = "-----BEGIN PGP ";
    private const string End = "-----END PGP ";
    private const string Dashes = "-----";

    /// <summary>Whether the data is armoured rather than binary.</summary>
    public static bool IsArmoured(ReadOnlySpan<byte> data) => data.IndexOf("-----BEGIN PGP "u8) is var at && at >= 0 && !data[..at].ContainsAnyExcept("\r\n\t "u8);

    /// <summary>The bytes of all blocks of one kind, in their order.</summary>
    /// <param name="text">Armoured text; only blank lines may lie between blocks.</param>
    /// <param name="kind">What stands between <c>BEGIN PGP</c> and the dashes.</param>
    /// <exception cref="FormatException">It is malformed; the message reads well after "because".</exception>
    public static byte[] Unarmour(string text, string kind)
    {
        using var bytes = new MemoryStream();
        using var lines = new StringReader(text);
        while (lines.ReadLine()?.TrimEnd() is { } line)
        {
            if (line.Length == 0) continue;
            if (line != $"{Begin}{kind}{Dashes}") throw new FormatException($"the line `{Shorten(line)}` stands where `{Begin}{kind}{Dashes}` should");
            while (lines.ReadLine()?.Trim() is { Length: > 0 } header)
                if (!header.Contains(": ", StringComparison.Ordinal) && !header.EndsWith(':')) throw new FormatException("no blank line follows the headers of its armour");
            bytes.Write(Body(lines, kind));
        }
        return bytes.ToArray();
    }

    /// <summary>Packets with their headers.</summary>
    /// <exception cref="FormatException">A length is malformed or leads beyond the end.</exception>
    public static IReadOnlyList<byte[]> Packets(byte[] data)
    {
        var packets = new List<byte[]>();
        for (var at = 0; at < data.Length;)
        {
            var (header, length) = Header(data.AsSpan(at));
            if (length > data.Length - at - header) throw new FormatException($"the packet at byte {at} is longer than the data");
            packets.Add(data[at..(at + header + (int)length)]);
            at += header + (int)length;
        }
        return packets;
    }

    /// <summary>The type of a packet, e.g. 2 for a signature.</summary>
    public static int TypeOf(byte[] packet) => (packet[0] & 0x40) != 0 ? packet[0] & 0x3f : (packet[0] >> 2) & 0x0f;

    // The checksum after `=` is no protection and is left out, as RFC 9580 section 6.1 has it.
    private static byte[] Body(StringReader lines, string kind)
    {
        var body = new StringBuilder();
        while (lines.ReadLine()?.Trim() is { } line)
        {
            if (line == $"{End}{kind}{Dashes}") return Convert.FromBase64String(body.ToString());
            if (!line.StartsWith('=')) body.Append(line);
        }
        throw new FormatException($"`{End}{kind}{Dashes}` is missing");
    }

    private static (int Header, long Length) Header(ReadOnlySpan<byte> data)
    {
        if ((data[0] & 0x80) == 0) throw new FormatException("a packet does not begin with its mark");
        if ((data[0] & 0x40) == 0)
        {
            var size = (data[0] & 3) switch { 0 => 1, 1 => 2, 2 => 4, _ => throw new FormatException("a packet has no length") };
            return (1 + size, Number(data, 1, size));
        }
        var first = Number(data, 1, 1);
        return first switch
        {
            < 192 => (2, first),
            < 224 => (3, ((first - 192) << 8) + Number(data, 2, 1) + 192),
            255 => (6, Number(data, 2, 4)),
            _ => throw new FormatException("a packet has a partial length"),
        };
    }

    private static long Number(ReadOnlySpan<byte> data, int at, int size)
    {
        if (data.Length < at + size) throw new FormatException("the data ends within a packet's length");
        long number = 0;
        for (var i = 0; i < size; i++) number = (number << 8) | data[at + i];
        return number;
    }

    private static string Shorten(string line) => line.Length > 60 ? line[..60] + "..." : line;
}
