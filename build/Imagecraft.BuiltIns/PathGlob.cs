// Globs of absolute target paths: `*` and `?` within a component, `**` across.

using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.BuiltIns;

/// <summary>A set of path patterns.</summary>
public sealed class PathGlob
{
    private readonly Regex? expression;

    /// <summary>Matches when any of <paramref name="patterns"/> does; none matches nothing. A pattern without slash matches a name anywhere.</summary>
    public PathGlob(IEnumerable<string> patterns)
    {
        var alternatives = patterns.Select(Translate).ToArray();
        if (alternatives.Length > 0)
            expression = new Regex("^(?:" + string.Join('|', alternatives) + ")$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Whether the absolute <paramref name="path"/> is in the set.</summary>
    public bool Matches(string path) => expression?.IsMatch(path) == true;

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Contains('/', StringComparison.Ordinal) ? "" : "(?:.*/)");
        if (text.Length == 0 && !pattern.StartsWith('/'))
            text.Append('/');
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/')
                    {
                        i++;
                        text.Append("(?:.*/)?");
                    }
                    else
                    {
                        text.Append(".*");
                    }

                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                default:
                    text.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return text.ToString();
    }
}
