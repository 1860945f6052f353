// Shows where two contents begin to differ: lines of texts, bytes of others. Unaware of where they come from.

using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Imagecraft.Engine.Execution.Reproducibility;

static class ContentDifference
{
    const int LinesBefore = 3, LinesAfter = 6, LongestLine = 160, BytesShown = 32;

    /// <summary>A few lines on the first difference, each side's marked by <c>-</c> and <c>+</c> as by diff(1).</summary>
    public static string Describe(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        IsText(first) && IsText(second) ? Lines(Encoding.UTF8.GetString(first), Encoding.UTF8.GetString(second)) : Bytes(first, second);

    static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.Contains((byte)0) && Utf8.IsValid(bytes);

    static string Lines(string first, string second)
    {
        string[] left = first.Split('\n'), right = second.Split('\n');
        var at = 0;
        while (at < left.Length && at < right.Length && left[at] == right[at])
            at++;
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"the first different line is {at + 1}:\n"));
        Add(text, ' ', left.AsSpan(Math.Max(0, at - LinesBefore), Math.Min(at, LinesBefore)));
        Add(text, '-', left.AsSpan(Math.Min(at, left.Length), Math.Min(LinesAfter, left.Length - Math.Min(at, left.Length))));
        Add(text, '+', right.AsSpan(Math.Min(at, right.Length), Math.Min(LinesAfter, right.Length - Math.Min(at, right.Length))));
        return text.ToString().TrimEnd('\n');
    }

    static void Add(StringBuilder text, char mark, ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
            text.Append(mark).Append(line.Length <= LongestLine ? line : line[..LongestLine] + " ...").Append('\n');
    }

    static string Bytes(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var at = first.CommonPrefixLength(second);
        var from = Math.Max(0, at - BytesShown / 2);
        return string.Create(CultureInfo.InvariantCulture, $"the first different byte is {at} of {first.Length} and {second.Length}:\n-{Dump(first, from)}\n+{Dump(second, from)}");
    }

    static string Dump(ReadOnlySpan<byte> bytes, int from)
    {
        var shown = bytes[Math.Min(from, bytes.Length)..Math.Min(from + BytesShown, bytes.Length)];
        var text = new StringBuilder(Convert.ToHexStringLower(shown)).Append("  ");
        foreach (var one in shown)
            text.Append(one is >= 32 and < 127 ? (char)one : '.');
        return text.ToString();
    }
}
