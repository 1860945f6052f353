// Finds patterns of packages that describe nothing: mistyped, or left behind by a newer version. Unaware of trees.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Packages;

internal static class IdleGlobs
{
    /// <summary>Holds each pattern against what was installed; those of attributes against what the package has, and the folders it lies in.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="paths">All that was installed, folders too.</param>
    /// <param name="owner">Path to the package that takes it.</param>
    /// <exception cref="ActionFailedException">Some match nothing; all of them at once.</exception>
    public static void Check(ImmutableArray<PackageRule> packages, ImmutableArray<string> paths, IReadOnlyDictionary<string, string> owner)
    {
        string[] idle =
        [
            .. from package in packages
               from list in new[] { (Key: "files", Globs: package.Files), (Key: "except", Globs: package.Except), (Key: "attributes", Globs: package.Attributes) }
               from glob in list.Globs
               let globs = new PathGlobs([glob])
               where !paths.Any(path => SplitPackages.Matches(globs, path) && (list.Key != "attributes" || IsOf(package.Name, path)))
               select $"  `{glob}` in `{list.Key}` of `{package.Name}`",
        ];
        if (idle.Length > 0)
            throw new ActionFailedException($"Patterns match nothing {(idle.All(i => i.Contains("`attributes`", StringComparison.Ordinal)) ? "of their package" : "that was installed")}; correct or remove them, or move what only some architectures have from `files` to `optional`:\n{string.Join('\n', idle)}");

        bool IsOf(string package, string path) => owner.Any(taken => taken.Value == package && (taken.Key == path || taken.Key.StartsWith(path + "/", StringComparison.Ordinal)));
    }
}
