// What Buildroot's configuration symbols are here: some are always so, some are the architecture, and packages are options. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Symbols of Buildroot's configuration.</summary>
/// <remarks>Every tool root has Debian's GCC 14 and glibc 2.41, and libraries are shared; of the architectures, boards have four.</remarks>
internal static partial class BuildrootSymbols
{
    private static readonly ImmutableHashSet<string> On =
    [
        "BR2_SHARED_LIBS", "BR2_USE_MMU", "BR2_USE_WCHAR", "BR2_ENABLE_LOCALE", "BR2_INSTALL_LIBSTDCPP", "BR2_REPRODUCIBLE", "BR_BUILDING", "BR2_ARCH_HAS_MMU_MANDATORY",
        "BR2_TOOLCHAIN_USES_GLIBC", "BR2_TOOLCHAIN_HAS_THREADS", "BR2_TOOLCHAIN_HAS_THREADS_NPTL", "BR2_TOOLCHAIN_HAS_ATOMIC", "BR2_TOOLCHAIN_HAS_LIBATOMIC", "BR2_TOOLCHAIN_HAS_SSP", "BR2_TOOLCHAIN_HAS_OPENMP", "BR2_TOOLCHAIN_HAS_UCONTEXT",
        "BR2_TOOLCHAIN_HAS_SYNC_1", "BR2_TOOLCHAIN_HAS_SYNC_2", "BR2_TOOLCHAIN_HAS_SYNC_4", "BR2_TOOLCHAIN_HAS_SYNC_8", "BR2_TOOLCHAIN_HAS_NATIVE_RPC_OR_TIRPC", "BR2_TOOLCHAIN_SUPPORTS_PIE", "BR2_TOOLCHAIN_SUPPORTS_ALWAYS_LOCKFREE_ATOMIC_INTS", "BR2_HOST_GCC_AT_LEAST_4_9",
    ];

    private static readonly ImmutableHashSet<string> Off =
    [
        "BR2_STATIC_LIBS", "BR2_SHARED_STATIC_LIBS", "BR2_TOOLCHAIN_USES_UCLIBC", "BR2_TOOLCHAIN_USES_MUSL", "BR2_SYSTEM_ENABLE_NLS", "BR2_ENABLE_DEBUG", "BR2_ENABLE_LTO", "BR2_ENABLE_RUNTIME_DEBUG", "BR2_SOFT_FLOAT", "BR2_OPTIMIZE_0", "BR2_OPTIMIZE_FAST",
        "BR2_ARM_INSTRUCTIONS_THUMB", "BR2_TOOLCHAIN_HAS_FORTRAN", "BR2_TOOLCHAIN_HAS_DLANG", "BR2_TOOLCHAIN_HAS_NATIVE_RPC", "BR2_MMU_NONE", "BR2_BINFMT_FLAT", "BR2_TOOLCHAIN_EXTERNAL_BOOTLIN",
        "BR2_m68k", "BR2_m68k_cf", "BR2_microblaze", "BR2_microblazeel", "BR2_microblazebe", "BR2_mips", "BR2_mipsel", "BR2_mips64", "BR2_mips64el", "BR2_i386", "BR2_sh4", "BR2_sh4eb", "BR2_sh4a", "BR2_sparc", "BR2_sparc64", "BR2_sparc_v8", "BR2_sparc_leon3",
        "BR2_powerpc", "BR2_powerpc64", "BR2_powerpc64le", "BR2_or1k", "BR2_xtensa", "BR2_arcle", "BR2_arceb", "BR2_armeb", "BR2_aarch64_be", "BR2_s390x", "BR2_loongarch64", "BR2_RISCV_32", "BR2_nios2",
    ];

    private static readonly ImmutableSortedDictionary<string, string> Architectures = new Dictionary<string, string>
    {
        ["BR2_aarch64"] = "arm64", ["BR2_arm"] = "armv7", ["BR2_x86_64"] = "x86_64", ["BR2_riscv"] = "riscv64", ["BR2_RISCV_64"] = "riscv64",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly ImmutableArray<string> Of64Bits = ["arm64", "riscv64", "x86_64"];

    /// <summary>What a symbol with the values <c>y</c> and nothing means; null: nobody can say it here.</summary>
    /// <param name="symbol">E.g. <c>BR2_PACKAGE_ZLIB</c>.</param>
    /// <param name="own">The symbol of the package itself.</param>
    public static ForeignCondition? Meaning(string symbol, string own)
    {
        if (symbol == own || On.Contains(symbol) || AtLeast().IsMatch(symbol))
            return ForeignCondition.Always;
        if (Off.Contains(symbol) || symbol.StartsWith("BR2_TOOLCHAIN_HAS_GCC_BUG_", StringComparison.Ordinal))
            return ForeignCondition.Never;
        if (Architectures.TryGetValue(symbol, out var architecture))
            return ForeignCondition.Architecture(architecture);
        if (symbol == "BR2_ARCH_IS_64")
            return ForeignCondition.Any(Of64Bits.Select(name => new Literal(ConditionSubject.Architecture, name, false)));
        if (symbol is "BR2_INIT_SYSTEMD")
            return ForeignCondition.Option("systemd");
        return OptionOf(symbol, own) is { } option ? ForeignCondition.Option(option) : null;
    }

    /// <summary>Whether a symbol is decided by what is always so here.</summary>
    public static bool IsGiven(string symbol) => On.Contains(symbol) || Off.Contains(symbol) || AtLeast().IsMatch(symbol) || symbol.StartsWith("BR2_TOOLCHAIN_HAS_GCC_BUG_", StringComparison.Ordinal);

    /// <summary>The option that a symbol of a package becomes: what it is called within its own package, or the other package; null: it is of no package.</summary>
    public static string? OptionOf(string symbol, string own)
    {
        const string package = "BR2_PACKAGE_";
        var name = symbol.StartsWith(own + "_", StringComparison.Ordinal) ? symbol[(own.Length + 1)..] : symbol.StartsWith(package, StringComparison.Ordinal) ? symbol[package.Length..] : null;
        return string.IsNullOrEmpty(name) || !char.IsAsciiLetterOrDigit(name[0]) ? null : name.ToLowerInvariant().Replace('_', '-');
    }

    // GCC 14 and the kernel headers of Debian 13 are newer than what anybody asks for.
    [GeneratedRegex(@"^BR2_TOOLCHAIN_(GCC_AT_LEAST_([4-9]|1[0-4])|HEADERS_AT_LEAST_([2-5]_\d+|6_([0-9]|1[0-2])))(_\d+)?$")]
    private static partial Regex AtLeast();
}
