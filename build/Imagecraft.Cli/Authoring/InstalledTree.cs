// Splits what a build installed into packages, and finds what they need. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>A file that was installed.</summary>
/// <param name="Path">Absolute path on the board.</param>
/// <param name="Needed">Libraries that it needs, when it is a program or a library.</param>
public sealed record BuiltFile(string Path, ImmutableArray<string> Needed);

/// <summary>Proposes packages.</summary>
public static partial class InstalledTree
{
    /// <summary>Packages of a recipe: its library apart from its programs where it has both. What belongs to <c>-dev</c> and <c>-doc</c> is left to them.</summary>
    /// <param name="recipe">Name of the recipe.</param>
    /// <param name="files">All that was installed.</param>
    /// <param name="packageOf">The package that has a library of this file name; null: nobody does.</param>
    /// <param name="missing">Gets libraries that nobody has.</param>
    public static ImmutableArray<DraftPackage> Packages(string recipe, IReadOnlyCollection<BuiltFile> files, Func<string, string?> packageOf, ICollection<string> missing)
    {
        var libraries = files.Where(IsLibrary).ToList();
        var rest = files.Where(file => !IsLibrary(file) && (!Conventional().IsMatch(file.Path) || IsProgram(file))).ToList();
        var own = libraries.Select(file => Path.GetFileName(file.Path)).ToHashSet(StringComparer.Ordinal);
        var isLibraryAlone = rest.Count == 0;
        var library = recipe.StartsWith("lib", StringComparison.Ordinal) ? recipe : $"lib{recipe}";
        var main = recipe == library && !isLibraryAlone && libraries.Count > 0 ? $"{recipe}-tools" : recipe;
        var packages = ImmutableArray.CreateBuilder<DraftPackage>();
        if (libraries.Count > 0)
            packages.Add(new(isLibraryAlone ? recipe : library, [.. libraries.Select(file => Glob(file.Path)).Distinct()], Requires(libraries, own, null)));
        if (!isLibraryAlone)
            packages.Add(new(main, [.. Globs(rest.Select(file => file.Path))], Requires(rest, own, libraries.Count > 0 ? library : null)));
        return packages.ToImmutable();

        ImmutableArray<string> Requires(List<BuiltFile> of, HashSet<string> mine, string? library)
        {
            var needed = of.SelectMany(file => file.Needed).Distinct().ToList();
            foreach (var name in needed.Where(name => !mine.Contains(name) && packageOf(name) is null))
                missing.Add(name);
            return [.. needed.Where(name => !mine.Contains(name)).Select(packageOf).OfType<string>().Append(needed.Any(mine.Contains) ? library : null).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A compiled program in a folder of programs: `*-config` that is one is no script of `-dev`.</summary>
    public static bool IsProgram(BuiltFile file) => !file.Needed.IsEmpty && (file.Path.StartsWith("/usr/bin/", StringComparison.Ordinal) || file.Path.StartsWith("/usr/sbin/", StringComparison.Ordinal));

    // Without a version in its name it is loaded all the same, when it is no link.
    private static bool IsLibrary(BuiltFile file) => Library().IsMatch(file.Path) || (!file.Needed.IsEmpty && Unversioned().IsMatch(file.Path));

    // One pattern where a folder is the recipe's own, or has many.
    private static IEnumerable<string> Globs(IEnumerable<string> paths)
    {
        const int few = 3;
        foreach (var group in paths.GroupBy(path => FolderOf(path)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var names = group.Order(StringComparer.Ordinal).ToList();
            if (group.Key is "/usr/bin" or "/usr/sbin" or "/etc" && names.Count <= few)
                foreach (var name in names)
                    yield return name;
            else if (group.Key is "/usr/bin" or "/usr/sbin" or "/etc")
                yield return $"{group.Key}/{(names.All(name => name.Count(c => c == '/') == group.Key.Count(c => c == '/') + 1) ? "*" : "**")}";
            else
                yield return $"{group.Key}/**";
        }
    }

    private static string FolderOf(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["usr", "bin" or "sbin" or "libexec", ..] => $"/usr/{parts[1]}",
            ["usr", "share" or "lib", var own, _, ..] => $"/usr/{parts[1]}/{Triplet().Replace(own, "*")}",
            ["usr", var part, ..] => $"/usr/{part}",
            [var top, ..] => $"/{top}",
            _ => "/",
        };
    }

    // Any architecture and any later version.
    private static string Glob(string path) => Triplet().Replace(Regex.Replace(path, @"\.so\..*$", ".so.*"), "*");

    [GeneratedRegex(@"^/usr/lib/([^/]+/)?lib[^/]*\.so\.[^/]*$|^/usr/lib/([^/]+/)?lib[^/]*-\d[\d.]*\.so$")]
    private static partial Regex Library();

    [GeneratedRegex(@"^/usr/lib/([^/]+/)?lib[^/]*\.so$")]
    private static partial Regex Unversioned();

    // As ConventionalPackages has them.
    [GeneratedRegex(@"^/usr/include/|\.(a|la|pc|cmake|gir|vapi)$|/lib[^/]*\.so$|/(pkgconfig|cmake|aclocal)/|^/usr/man/|^/usr/share/(doc|man|info|gtk-doc|bash-completion|zsh|fish|locale|licenses)/|-config$")]
    private static partial Regex Conventional();

    [GeneratedRegex(@"[a-z0-9_]+-linux-(gnu|musl)[a-z0-9]*")]
    private static partial Regex Triplet();
}
