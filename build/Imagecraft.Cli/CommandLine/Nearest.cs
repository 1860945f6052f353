// Finds the word that was probably meant. Unaware of where words come from.

namespace Imagecraft.Cli.CommandLine;

/// <summary>Spelling help by edit distance.</summary>
public static class Nearest
{
    /// <summary>The word of <paramref name="known"/> with the fewest edits from <paramref name="word"/>, or null when all are too far to be meant.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        var allowed = Math.Max(1, word.Length / 3);
        return known.Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(p => p.distance <= allowed || (word.Length >= 2 && p.candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(p => p.distance).ThenBy(p => p.candidate, StringComparer.Ordinal)
            .Select(p => p.candidate).FirstOrDefault();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), ignoring case.</summary>
    public static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = rows[i - 1, j - 1] + (Same(i - 1, j - 1) ? 0 : 1);
                rows[i, j] = Math.Min(replace, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                if (i > 1 && j > 1 && Same(i - 1, j - 2) && Same(i - 2, j - 1))
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[left.Length, right.Length];

        bool Same(int i, int j) => char.ToLowerInvariant(left[i]) == char.ToLowerInvariant(right[j]);
    }
}
