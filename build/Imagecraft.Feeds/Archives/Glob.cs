// Matches paths against patterns. Unaware of disks.

namespace Imagecraft.Feeds.Archives;

/// <summary>Patterns on paths that start with a slash: `?`, `*` within a name, `**` over folders.</summary>
internal static class Glob
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        while (pattern.Length > 0)
        {
            if (pattern[0] == '*')
            {
                var deep = pattern.StartsWith("**");
                pattern = pattern.TrimStart('*');
                if (deep && pattern.Length == 0) return true;
                for (var i = 0; i <= path.Length; i++)
                {
                    if (Matches(pattern, path[i..])) return true;
                    if (i < path.Length && !deep && path[i] == '/') return false;
                }
                return false;
            }
            if (path.Length == 0 || (pattern[0] == '?' ? path[0] == '/' : pattern[0] != path[0])) return false;
            pattern = pattern[1..];
            path = path[1..];
        }
        return path.Length == 0;
    }
}
