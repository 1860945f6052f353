// Texts that any POSIX shell reads back unchanged. Unaware of consoles.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Qemu.Consoles;

/// <summary>Quoting for lines that travel over a terminal.</summary>
public static class ShellText
{
    /// <summary>Text for <c>printf %b</c> within single quotes: printable ASCII as it is, all other bytes as octal escapes.</summary>
    /// <remarks>Source: POSIX.1-2017, printf, conversion <c>b</c>: <c>\0ddd</c>.</remarks>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            if (value is >= 0x20 and < 0x7f and not (byte)'\'' and not (byte)'\\')
                escaped.Append((char)value);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\0{Convert.ToString(value, 8).PadLeft(3, '0')}");
        }

        return escaped.ToString();
    }

    /// <summary>A single-quoted word.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>A program and its arguments as a line that runs them; words that need no quotes have none.</summary>
    public static string Line(IEnumerable<string> words) =>
        string.Join(' ', words.Select(word => word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "_./:=@%+,-".Contains(letter, StringComparison.Ordinal)) ? word : Quote(word)));
}

/// <summary>A random text that is printed in two pieces, so that the echo of the line that prints it does not contain it.</summary>
internal sealed record Marker(string FirstPiece, string SecondPiece)
{
    /// <summary>A new one; 128 random bits.</summary>
    public static Marker Fresh() => new("ic-" + Hex(), Hex());

    /// <summary>What appears on the console.</summary>
    public string Text => FirstPiece + SecondPiece;

    /// <summary>Arguments of a <c>printf</c> with two <c>%s</c>.</summary>
    public string Arguments => $"{FirstPiece} {SecondPiece}";

    private static string Hex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
