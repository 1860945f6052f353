// Text and numbers in the fields of tar headers. Unaware of members.

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Imagecraft.Feeds.Archives;

/// <summary>Fields of headers.</summary>
/// <remarks>Source: POSIX.1-2017 pax, section "ustar Interchange Format", and GNU tar's manual, "Extensions".</remarks>
internal static class TarText
{
    /// <summary>The text up to the first NUL. Bytes that are not UTF-8 become <c>\xNN</c>, so that different names stay different.</summary>
    public static string Of(ReadOnlySpan<byte> field, ref bool escaped)
    {
        var end = field.IndexOf((byte)0);
        if (end >= 0) field = field[..end];
        if (Utf8.IsValid(field)) return Encoding.UTF8.GetString(field);
        escaped = true;
        var text = new StringBuilder();
        while (field.Length > 0)
        {
            if (Rune.DecodeFromUtf8(field, out var rune, out var count) == System.Buffers.OperationStatus.Done)
                text.Append(rune.ToString());
            else
                foreach (var bad in field[..count]) text.Append(CultureInfo.InvariantCulture, $"\\x{bad:X2}");
            field = field[count..];
        }
        return text.ToString();
    }

    /// <summary>Octal text, or GNU's base 256 when the first bit is set; null when it is neither, or negative.</summary>
    public static long? Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            if (field.Length < 8 || (field[0] & 0x7f) != 0 || field[1..^8].ContainsAnyExcept((byte)0)) return null;
            // Of fields of eight bytes, the flag is the number's first.
            var wide = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            return field.Length == 8 ? wide & long.MaxValue : wide < 0 ? null : wide;
        }
        long value = 0;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') return null;
            value = (value << 3) + digit - '0';
        }
        return value;
    }

    /// <summary>The records of an extended header; null stands for a malformed one.</summary>
    public static IEnumerable<(string Key, byte[] Value)?> PaxRecords(byte[] data)
    {
        var at = 0;
        while (at < data.Length && data[at] != 0)
        {
            var blank = Array.IndexOf(data, (byte)' ', at);
            if (blank < 0 || !int.TryParse(data.AsSpan(at, blank - at), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= blank - at + 1 || length > data.Length - at || data[at + length - 1] != '\n')
            {
                yield return null;
                yield break;
            }
            var equals = Array.IndexOf(data, (byte)'=', blank, length - (blank - at));
            if (equals <= blank + 1)
            {
                yield return null;
                yield break;
            }
            yield return (Encoding.UTF8.GetString(data, blank + 1, equals - blank - 1), data[(equals + 1)..(at + length - 1)]);
            at += length;
        }
    }
}
