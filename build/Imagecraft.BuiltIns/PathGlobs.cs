// Several globs as one set.

using System.Collections.Immutable;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns;

/// <summary>A set of target paths, described by patterns as <see cref="PathGlob"/> has them.</summary>
public sealed class PathGlobs(IEnumerable<string> patterns)
{
    private readonly ImmutableArray<PathGlob> globs = [.. patterns.Select(p => new PathGlob(p))];

    /// <summary>Whether any pattern describes the path; no pattern describes nothing.</summary>
    public bool Matches(string path)
    {
        foreach (var glob in globs)
        {
            if (glob.Matches(path))
                return true;
        }

        return false;
    }
}
