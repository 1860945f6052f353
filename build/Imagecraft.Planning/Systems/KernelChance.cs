// What a kernel's build would draw by chance or take from the machine, given instead. Unaware of the configuration, which decides what of it is used.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Systems;

/// <summary>Arguments of make for kernels, and for modules of other recipes, which must agree with their kernel.</summary>
/// <remarks>Source: the kernel's Documentation/kbuild/reproducible-builds.rst, scripts/basic/Makefile and scripts/gcc-plugins/latent_entropy_plugin.c.</remarks>
internal static class KernelChance
{
    private const string SeedScript = "/imagecraft/randstruct-seed";

    /// <summary>The compiler's random numbers, for <c>KCFLAGS</c>: constants of GCC_PLUGIN_LATENT_ENTROPY, stamps of GCOV_KERNEL.</summary>
    public static string CompilerFlag(Recipe kernel) => $"-frandom-seed=0x{Seed(kernel, "compiler")[..16]}";

    /// <summary>The seed of structures' layouts (RANDSTRUCT), which modules find in the kernel's development tree.</summary>
    public static ImmutableArray<string> Layouts(Recipe kernel) => [$"RANDSTRUCT_SEED={Seed(kernel, "structures")}", $"gen-randstruct-seed={SeedScript}"];

    /// <summary>The script that <see cref="Layouts"/> names, as an input.</summary>
    public static InputEdge Script { get; } = new(SeedScript, new InputSource.Inline(EmbeddedText.Read("randstruct-seed"), Executable: true), "the script that gives the seed of structures' layouts");

    /// <summary>Compressors pack the same on any number of processors.</summary>
    public static ImmutableArray<string> Compressors { get; } = ["XZ_DEFAULTS=--threads=1", "ZSTD_NBTHREADS=1"];

    // 64 hexadecimal digits, as many as the kernel draws.
    private static string Seed(Recipe kernel, string purpose)
    {
        var words = ((BuildSpec.Kernel)kernel.Build).Seed?.Value ?? $"{kernel.Name} {kernel.Version}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\n{words}")));
    }
}
