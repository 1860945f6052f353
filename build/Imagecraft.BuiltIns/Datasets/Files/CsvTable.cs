// Reads tables of comma-separated values. Unaware of what columns mean.
// Source of the format: RFC 4180, "Common Format and MIME Type for Comma-Separated Values (CSV) Files"; lines may end in LF alone.

using System.Text;

namespace Imagecraft.BuiltIns.Datasets.Files;

internal static class CsvTable
{
    /// <summary>Rows with the number of the line they begin in; empty lines are none.</summary>
    /// <exception cref="FormatException">A quotation is not closed, or goes on behind its end; the message has the line.</exception>
    public static IEnumerable<(int Line, string[] Cells)> Rows(string text)
    {
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var start = line;
            var cells = new List<string>();
            do
                cells.Add(Cell(text, ref at, ref line));
            while (at < text.Length && text[at++] == ',');
            // The end of the line was taken; that of Windows has two characters.
            if (at > 0 && text[at - 1] == '\r' && at < text.Length && text[at] == '\n')
                at++;
            line++;
            if (cells.Count > 1 || cells[0].Length > 0)
                yield return (start, [.. cells]);
        }
    }

    private static string Cell(string text, ref int at, ref int line)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var length = text.AsSpan(at).IndexOfAny(',', '\r', '\n');
            var plain = length < 0 ? text[at..] : text.Substring(at, length);
            at += plain.Length;
            return plain;
        }

        var (start, cell) = (line, new StringBuilder());
        for (at++; ; at++)
        {
            if (at >= text.Length)
                throw new FormatException($"line {start} has a quotation that is not closed");
            if (text[at] == '"' && (at + 1 >= text.Length || text[at + 1] != '"'))
                break;
            if (text[at] == '"')
                at++;
            line += text[at] == '\n' ? 1 : 0;
            cell.Append(text[at]);
        }

        at++;
        return at >= text.Length || text[at] is ',' or '\r' or '\n' ? cell.ToString() : throw new FormatException($"line {line} goes on behind a closing quotation mark");
    }
}
