// Sizes as people write them. Unaware of YAML.

using System.Globalization;

namespace Imagecraft.Metadata.Forms;

/// <summary>Sizes in bytes with binary units (IEC 80000-13).</summary>
static class ByteSize
{
    /// <summary>Regular expression of what <see cref="TryParse"/> takes.</summary>
    public const string Pattern = "^[0-9]+ ?(B|KiB|MiB|GiB|TiB)?$";

    static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Bytes of <c>4096</c>, <c>512 MiB</c> or <c>2GiB</c>; false for anything else and for more than 63 bits.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text : text.AsSpan(0, digits);
        var unit = digits < 0 ? "B" : text[digits..];
        if (unit.StartsWith(' '))
            unit = unit[1..];
        var power = Array.IndexOf(Units, unit);
        if (power < 0 || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue >> (10 * power))
            return false;
        bytes = count << (10 * power);
        return true;
    }
}
