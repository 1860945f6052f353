// Finds the name that was probably meant. Unaware of what is named.

namespace Imagecraft.Onnx.Quantization;

/// <summary>Names by distance.</summary>
static class Spelling
{
    /// <summary>The known name with the fewest insertions, deletions and replacements from a given one; null when nothing is known.</summary>
    public static string? Nearest(string name, IEnumerable<string> known) =>
        known.Order(StringComparer.Ordinal).MinBy(other => Distance(name, other));

    /// <summary>Levenshtein's distance.</summary>
    static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
