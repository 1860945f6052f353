// Which programs of a package give way to those of others. Unaware of how they do.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Files;

namespace Imagecraft.BuiltIns.Imaging;

internal sealed class WeakPrograms(string package, ImmutableArray<string> patterns)
{
    private readonly ImmutableArray<(string Pattern, PathGlob Glob)> globs = [.. patterns.Select(p => (p, new PathGlob(p)))];
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>Whether what is at the path gives way.</summary>
    public bool Matches(string path) => globs.Any(g => g.Glob.Matches(path));

    /// <summary>Notes what the package has.</summary>
    public void See(string path) => used.UnionWith(globs.Where(g => g.Glob.Matches(path)).Select(g => g.Pattern));

    /// <summary>Refuses patterns that describe nothing.</summary>
    /// <exception cref="ActionFailedException">Some do not match anything of the package; all of them at once.</exception>
    public void Check()
    {
        string[] idle = [.. patterns.Where(p => !used.Contains(p)).Select(p => $"`{p}`")];
        if (idle.Length > 0)
            throw new ActionFailedException($"Patterns of `gives-way` match nothing of the package `{package}`: [{string.Join(", ", idle)}]; correct or remove them");
    }
}
