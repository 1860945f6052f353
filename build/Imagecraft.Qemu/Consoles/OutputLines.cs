// Takes the lines of `od -v -tx1` out of a console's text. Pure; unaware of who writes there.

using System.Globalization;
using System.Text;

namespace Imagecraft.Qemu.Consoles;

/// <summary>
/// A line has the offset of its 16 bytes in octal digits, then each byte as a blank and two hexadecimal digits. The kernel keeps what one
/// program writes to a terminal at once together, so other text stands before a line or between two; only the kernel's own may tear one.
/// </summary>
/// <param name="other">Gets all text that is no such line.</param>
/// <param name="line">Gets each line's offset, its bytes as characters of the same numbers, and whether it follows on the line before.</param>
/// <remarks>Source: POSIX.1-2024, od, options <c>-t x1</c> and <c>-v</c>.</remarks>
internal sealed class OutputLines(Action<string> other, Action<long, string, bool> line)
{
    /// <summary>Bytes of a line.</summary>
    public const int Width = 16;

    private const int BytesLength = Width * 3;

    private const int LeastDigits = 7;

    private readonly StringBuilder held = new();
    private int released;

    /// <summary>The offset that the next line should have.</summary>
    public long Next { get; set; }

    /// <summary>Takes the next text.</summary>
    public void Feed(ReadOnlySpan<char> text)
    {
        for (int end; (end = text.IndexOf('\n')) >= 0; text = text[(end + 1)..])
        {
            held.Append(text[..(end + 1)]);
            Judge(held.ToString());
            held.Clear();
            released = 0;
        }

        held.Append(text);
    }

    /// <summary>Gives out what has come of an unfinished line, because nothing more comes for now. It may still become one of ours.</summary>
    public void Release()
    {
        if (released < held.Length)
            other(held.ToString(released, held.Length - released));
        released = held.Length;
    }

    private void Judge(string text)
    {
        int end = text.AsSpan().TrimEnd("\r\n").Length, bytes = end - BytesLength, digits = bytes;
        while (digits > 0 && text[digits - 1] is >= '0' and <= '7')
            digits--;
        if (bytes - digits < LeastDigits || Bytes(text.AsSpan(bytes, BytesLength)) is not { } content)
        {
            Give(text, text.Length);
            return;
        }

        // Digits of an unfinished line before it are not told from its own; the offset that is due may be.
        string due = Octal(Next);
        bool isDue = text.AsSpan(digits, bytes - digits).EndsWith(due, StringComparison.Ordinal);
        long offset = isDue ? Next : FromOctal(text.AsSpan(digits, bytes - digits));
        Give(text, isDue ? bytes - due.Length : digits);
        bool follows = offset == Next;
        Next = offset + Width;
        line(offset, content, follows);
    }

    private void Give(string text, int end)
    {
        if (released < end)
            other(text[released..end]);
    }

    private static string? Bytes(ReadOnlySpan<char> text)
    {
        Span<char> bytes = stackalloc char[Width];
        for (int index = 0; index < Width; index++)
        {
            ReadOnlySpan<char> one = text.Slice(index * 3, 3);
            if (one[0] != ' ' || !byte.TryParse(one[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                return null;
            bytes[index] = (char)value;
        }

        return new(bytes);
    }

    private static string Octal(long offset) => Convert.ToString(offset, 8).PadLeft(LeastDigits, '0');

    private static long FromOctal(ReadOnlySpan<char> digits)
    {
        long value = 0;
        foreach (char digit in digits.Length > 20 ? digits[^20..] : digits)
            value = value * 8 + (digit - '0');
        return value;
    }
}
