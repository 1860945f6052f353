// Patterns for relative paths. Unaware of disks.

using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Imagecraft.Engine.Files;

/// <summary>A pattern over whole relative paths: `*` and `?` within a name, `**` for any number of folders. A leading slash changes nothing.</summary>
public sealed class PathGlob(string pattern)
{
    private readonly ImmutableArray<string> _parts = [.. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Whether the pattern describes the path itself, e.g. <c>src/**/*.c</c> describes <c>src/a.c</c> and <c>src/x/y/b.c</c>.</summary>
    public bool Matches(string path) => Matches(_parts.AsSpan(), path.AsSpan().Trim('/'));

    private static bool Matches(ReadOnlySpan<string> parts, ReadOnlySpan<char> path)
    {
        if (parts.IsEmpty)
            return path.IsEmpty;
        var slash = path.IndexOf('/');
        var rest = slash < 0 ? [] : path[(slash + 1)..];
        if (parts[0] == "**")
            return Matches(parts[1..], path) || (!path.IsEmpty && Matches(parts, rest));
        return !path.IsEmpty && FileSystemName.MatchesSimpleExpression(parts[0], slash < 0 ? path : path[..slash], ignoreCase: false) && Matches(parts[1..], rest);
    }
}
