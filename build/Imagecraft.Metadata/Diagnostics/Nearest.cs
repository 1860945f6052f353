// Finds the known word a mistyped one was meant to be. Unaware of what words are for.

namespace Imagecraft.Metadata.Diagnostics;

/// <summary>Nearest words by edit distance (insert, delete, replace, swap of neighbours).</summary>
public static class Nearest
{
    /// <summary>More names than this are a list that nobody reads.</summary>
    const int Many = 20;

    /// <summary>Letters of a part of a word that says something.</summary>
    const int LeastPart = 3;

    /// <summary>The known word within a third of the word's length of edits, or null.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        if (word.Length > 100)
            return null;
        string? best = null;
        var limit = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - word.Length) >= limit)
                continue;
            var distance = Distance(word, candidate);
            if (distance >= limit)
                continue;
            limit = distance;
            best = candidate;
        }
        return best;
    }

    /// <summary>"Did you mean" the nearest known word, or else the list of all that are known; of many, those alone that share something with the word.</summary>
    public static string Hint(string word, IEnumerable<string> known, string noun)
    {
        var all = known.ToArray();
        if (To(word, all) is { } near)
            return $"Did you mean `{near}`?";
        if (all.Length == 0)
            return $"There is no {noun} yet";
        Array.Sort(all, StringComparer.Ordinal);
        if (all.Length <= Many)
            return $"Known: [ {List(all)} ]";
        var alike = Alike(word, all);
        return alike.Length == 0 ? $"None of the {all.Length} that are known is like it" : $"Of the {all.Length} that are known, like it are [ {List(alike)} ]";
    }

    /// <summary>The names that hold the word, or most of its parts; parts are what stands between signs, of three letters at least.</summary>
    static string[] Alike(string word, string[] all)
    {
        string[] parts = [.. word.Split([':', '@', '.', '-', '_', '/', ' '], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= LeastPart)];
        var ranked = all.Select(name => (Name: name, Common: parts.Count(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))).Where(ranked => ranked.Common > 0).ToArray();
        var most = ranked.Select(ranked => ranked.Common).DefaultIfEmpty().Max();
        return [.. ranked.Where(ranked => ranked.Common == most).Select(ranked => ranked.Name).Take(Many)];
    }

    static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    /// <summary>Optimal string alignment distance.</summary>
    static int Distance(string a, string b)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            var oldest = before;
            before = last;
            last = current;
            current = oldest;
        }
        return last[b.Length];
    }
}
