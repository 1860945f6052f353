// What compiles and links for a target: the compiler told to look into the sysroot alone, and where pkg-config, CMake and Meson look. Unaware of recipes.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

/// <summary>The compiler and the sysroot of one target.</summary>
/// <param name="context">Everything gathered so far.</param>
/// <param name="toolRoots">Plans tool roots.</param>
/// <param name="target">What is compiled for.</param>
/// <param name="recipe">What is compiled.</param>
public sealed class Toolchain(PlanContext context, ToolRoots toolRoots, Target target, Recipe recipe)
{
    /// <summary>Where the target's files lie: the C library, and what dependencies install.</summary>
    public const string Sysroot = "/sysroot";

    /// <summary>Where the compiler lies whose own place would be beside the libraries of the build host.</summary>
    private const string NativeCompiler = "/cross";

    private const string Programs = "/imagecraft/bin";

    private static readonly ImmutableArray<string> Compilers = ["gcc", "g++", "cpp"];

    // Kernels and their modules are linked with nothing, and find everything by themselves.
    private bool HasSysroot => !target.IsHost && recipe.Build is not (BuildSpec.Kernel or BuildSpec.KernelModule);

    private string Triplet => target.Architecture.Triplet;

    private bool IsNative => target.Architecture.Debian.Value == context.Options.HostArchitecture && target.Architecture.NativeCompiler is not null;

    /// <summary>What the target has at <see cref="Sysroot"/> before any dependency; null when its architecture names nothing.</summary>
    public InputEdge? Base => target.Architecture.Sysroot is { } name ? toolRoots.Plan(name, name.Span).At(Sysroot, $"what {target.Architecture.Name} is compiled against") : null;

    /// <summary>The variables by which programs find all this.</summary>
    public ImmutableSortedDictionary<string, string> Environment
    {
        get
        {
            var root = HasSysroot ? Sysroot : "";
            var environment = ImmutableSortedDictionary<string, string>.Empty
                .Add("SYSROOT", root)
                .Add("PKG_CONFIG_LIBDIR", $"{root}/usr/lib/{Triplet}/pkgconfig:{root}/usr/lib/pkgconfig:{root}/usr/share/pkgconfig");
            return HasSysroot ? environment.Add("PKG_CONFIG_SYSROOT_DIR", Sysroot).Add("PATH", $"{Programs}:/usr/sbin:/usr/bin:/sbin:/bin") : environment;
        }
    }

    /// <summary>Where debugging symbols say that the sources of a recipe lie.</summary>
    internal static string SourcesInSymbols(Recipe recipe) => $"/usr/src/debug/{recipe.Name}-{recipe.Version}";

    /// <summary>The compiler and what it links with.</summary>
    public IEnumerable<InputEdge> Inputs
    {
        get
        {
            if (!HasSysroot)
                yield break;
            if (Base is { } sysroot)
                yield return sysroot;
            if (IsNative)
                yield return toolRoots.Plan(target.Architecture.NativeCompiler!, target.Architecture.NativeCompiler!.Span).At(NativeCompiler, "the compiler, away from the libraries of the build host");
            var wrapper = EmbeddedText.Read("compile-for-sysroot")
                .Replace("@COMPILERS@", IsNative ? $"{NativeCompiler}/usr/bin" : "/usr/bin", StringComparison.Ordinal)
                .Replace("@SOURCES@", SourcesInSymbols(recipe), StringComparison.Ordinal)
                .Replace("@ALWAYS@", string.Join(' ', Flags(Measures)), StringComparison.Ordinal)
                .Replace("@OPTIMIZED@", recipe.Build.Hardening.Has(HardeningWords.Fortify) ? "-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3" : "", StringComparison.Ordinal);
            foreach (var program in Compilers)
                yield return new($"{Programs}/{Triplet}-{program}", new InputSource.Inline(wrapper, Executable: true), "compilers look into the sysroot alone, and harden");
        }
    }

    // The feed's compilers make programs that lie anywhere, and let the loader's table be only read; both are said all the same.
    private static readonly ImmutableArray<(string Measure, string Taken, string NotTaken)> Measures =
    [
        (HardeningWords.StackProtector, "-fstack-protector-strong", ""),
        (HardeningWords.Pie, "", "-fno-pie -no-pie"),
        (HardeningWords.Relro, "-Wl,-z,relro", "-Wl,-z,norelro"),
        (HardeningWords.BindNow, "-Wl,-z,now", ""),
    ];

    /// <summary>Arguments of a compiler by which programs are hardened that say nothing of it, beside fortification.</summary>
    public static IEnumerable<string> UsualHardening(Architecture architecture) => [.. Measures.Select(m => m.Taken).Where(f => f.Length > 0), .. architecture.HardeningFlags.Select(f => f.Value)];

    private IEnumerable<string> Flags(ImmutableArray<(string Measure, string Taken, string NotTaken)> measures) =>
    [
        .. measures.Select(m => recipe.Build.Hardening.Has(m.Measure) ? m.Taken : m.NotTaken).Where(f => f.Length > 0),
        .. recipe.Build.Hardening.Has(HardeningWords.Architecture) ? target.Architecture.HardeningFlags.Select(f => f.Value) : [],
    ];
}
