// Reads paragraphs of `Field: value` lines. Unaware of which fields mean what.

using System.Text;

namespace Imagecraft.Feeds.Debian;

/// <summary>The syntax of Debian control files: Release, Packages, Sources and a package's own control file.</summary>
/// <remarks>Source: Debian Policy 5.1.</remarks>
public static class ControlText
{
    /// <summary>Yields each paragraph; continuation lines are joined with line ends, each without its first blank.</summary>
    /// <param name="text">Whole text.</param>
    /// <param name="wanted">Fields to keep, or null for all; the rest is skipped without being copied.</param>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Paragraphs(TextReader text, IReadOnlySet<string>? wanted = null)
    {
        var lookup = (wanted as HashSet<string>)?.GetAlternateLookup<ReadOnlySpan<char>>();
        var paragraph = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var value = new StringBuilder();
        string? last = null;
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 || string.IsNullOrWhiteSpace(line))
            {
                Keep();
                if (paragraph.Count > 0) yield return paragraph;
                paragraph = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            }
            else if (line[0] is ' ' or '\t')
            {
                if (last is not null) value.Append('\n').Append(line, 1, line.Length - 1);
            }
            else
            {
                Keep();
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0 || (lookup is { } fields && !fields.Contains(line.AsSpan(0, colon)))) continue;
                last = line[..colon];
                value.Append(line.AsSpan(colon + 1).Trim());
            }
        }
        Keep();
        if (paragraph.Count > 0) yield return paragraph;

        void Keep()
        {
            if (last is not null) paragraph[last] = value.ToString();
            value.Clear();
            last = null;
        }
    }
}
