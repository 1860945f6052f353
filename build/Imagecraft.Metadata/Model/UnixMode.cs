// Permission bits of files. Unaware of files.

using System.Globalization;

namespace Imagecraft.Metadata.Model;

/// <summary>Permission bits with set-uid, set-gid and sticky. As text they are always four octal digits, so that no decimal number is taken for them.</summary>
/// <param name="Bits">From 0 to octal 7777.</param>
public readonly record struct UnixMode(int Bits)
{
    /// <summary>A schema's pattern of the text.</summary>
    public const string Pattern = "^[0-7]{4}$";

    /// <summary>Reads four octal digits: <c>0644</c>, <c>4755</c>.</summary>
    public static bool TryParse(string text, out UnixMode mode)
    {
        var isMode = text.Length == 4 && text.All(c => c is >= '0' and <= '7');
        mode = new(isMode ? Convert.ToInt32(text, 8) : 0);
        return isMode;
    }

    /// <summary>The same of a text that is known to be one.</summary>
    /// <exception cref="FormatException">It has not four octal digits.</exception>
    public static UnixMode Parse(string text) => TryParse(text, out var mode) ? mode : throw new FormatException($"`{text}` is no mode; write four octal digits such as `0755`");

    /// <summary>What to write in place of a text that is none; null when nobody knows.</summary>
    public static string? Remedy(string text)
    {
        var digits = text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text;
        if (digits.Length is > 0 and <= 5 && TryParse(digits.TrimStart('0').PadLeft(4, '0'), out var mode))
            return $"Write all four octal digits: `{mode}`";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= 4095 ? $"Modes are octal; decimal {text} is `{new UnixMode(bits)}`" : null;
    }

    /// <summary>The bits without leading zeros, as <c>stat -c %a</c> prints them.</summary>
    public string Digits => Convert.ToString(Bits, 8);

    /// <summary>Four octal digits.</summary>
    public override string ToString() => Digits.PadLeft(4, '0');
}
