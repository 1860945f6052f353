// Sizes as people write them. Unaware of YAML.

using System.Globalization;

namespace Imagecraft.Metadata.Forms;

/// <summary>Sizes in bytes with binary units (IEC 80000-13).</summary>
static class ByteSize
{
    /// <summary>Regular expression of what <see cref="TryParse"/> takes.</summary>
    public const string Pattern = "^[0-9]+ ?(B|KiB|MiB|GiB|TiB)?$";

    static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>1024 TiB: sums of sizes and of places stay numbers of 64 bits.</summary>
    const long Most = 1L << 50;

    /// <summary>Bytes of <c>4096</c>, <c>512 MiB</c> or <c>2GiB</c>; false for anything else and for more than 1024 TiB.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text : text.AsSpan(0, digits);
        var unit = digits < 0 ? "B" : text[digits..];
        if (unit.StartsWith(' '))
            unit = unit[1..];
        var power = Array.IndexOf(Units, unit);
        if (power < 0 || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > Most >> (10 * power))
            return false;
        bytes = count << (10 * power);
        return true;
    }

    static bool IsTooLarge(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var unit = digits < 0 ? "B" : text[digits..].TrimStart(' ');
        return text.Length > 0 && digits != 0 && Units.Contains(unit);
    }

    /// <summary>What to write in place of a text that is no size; null when nobody knows.</summary>
    public static string? Remedy(string text)
    {
        var digits = text.AsSpan().TrimStart().IndexOfAnyExceptInRange('0', '9');
        if (IsTooLarge(text))
            return "At most `1024 TiB` can be written";
        if (digits <= 0)
            return null;
        var (number, unit) = (text.TrimStart()[..digits], text.TrimStart()[digits..].Trim());
        var known = Array.FindIndex(Units, known => unit.Length is > 0 and <= 3 && char.ToUpperInvariant(known[0]) == char.ToUpperInvariant(unit[0]) && (unit.Length == 1 || unit.EndsWith('b') || unit.EndsWith('B')));
        return known < 0 ? $"Units are [ {string.Join(", ", Units.Select(name => $"`{name}`"))} ]" : $"Units are powers of 1024: write `{number} {Units[known]}`";
    }
}
