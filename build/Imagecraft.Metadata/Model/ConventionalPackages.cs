// The packages that every compiled recipe has without saying so. Unaware of how files are split.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>What is for compiling against a recipe, for reading about it and for debugging it: packages by convention, unless a recipe has one of that name.</summary>
public static class ConventionalPackages
{
    /// <summary>Where what was taken out of stripped programs lies, by build-id.</summary>
    public const string DebugFolder = "/usr/lib/debug";

    /// <summary>Name of the package with what was taken out of a recipe's programs.</summary>
    public static string DebugOf(Recipe recipe) => $"{recipe.Name}-dbg";

    private static readonly ImmutableArray<(string Ending, ImmutableArray<string> Files)> Conventions =
    [
        ("dev",
        [
            "/usr/include/**", "/usr/lib/*.a", "/usr/lib/*/*.a", "/usr/lib/*.so", "/usr/lib/*/*.so", "/usr/lib/pkgconfig/**", "/usr/lib/*/pkgconfig/**", "/usr/share/pkgconfig/**",
            "/usr/lib/cmake/**", "/usr/lib/*/cmake/**", "/usr/share/cmake/**", "/usr/share/aclocal/**", "/usr/bin/*-config",
        ]),
        ("doc", ["/usr/share/doc/**", "/usr/share/man/**", "/usr/share/info/**", "/usr/share/gtk-doc/**"]),
        ("dbg", [DebugFolder + "/**"]),
    ];

    /// <summary>The packages that a recipe has beside those that it names.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="isTaken">Whether a recipe has a package of this name.</param>
    public static IEnumerable<PackageSpec> Of(Recipe recipe, Func<string, bool> isTaken)
    {
        if (!HasThem(recipe.Build))
            yield break;
        foreach (var (ending, files) in Conventions)
        {
            var name = $"{recipe.Name}-{ending}";
            if (!isTaken(name))
                yield return new PackageSpec { Name = recipe.Name with { Value = name }, Files = [], Optional = [.. files.Select(file => recipe.Name with { Value = file })], IsConventional = true };
        }
    }

    // What is ready is split by its makers; a kernel's files are not for programs.
    private static bool HasThem(BuildSpec build) => build is not (BuildSpec.Prebuilt or BuildSpec.Kernel or BuildSpec.KernelModule or BuildSpec.DotnetAot);
}
