// What stands behind the colons of Yocto's variables: for whom a value counts. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Overrides of BitBake.</summary>
internal static class YoctoOverrides
{
    private static readonly ImmutableHashSet<string> On = ["class-target", "libc-glibc", "linux", "linux-gnu", "toolchain-gcc", "forcevariable", "linuxstdbase", "elf"];

    private static readonly ImmutableHashSet<string> Off =
    [
        "class-native", "class-nativesdk", "class-cross", "class-crosssdk", "class-cross-canadian", "libc-musl", "libc-uclibc", "libc-newlib", "libc-baremetal", "toolchain-clang", "mingw32", "darwin", "linux-musl", "linux-gnux32", "linux-gnun32", "linux-muslx32", "linux-gnueabi", "linux-uclibc", "mingw", "sdkmingw32",
        "mips", "mipsel", "mips64", "mips64el", "mips64n32", "mips16e", "mipsarch", "mipsarcho32", "mipsarchn64", "mipsarchn32", "mipsarchr6", "mipsisa32r6", "mipsisa32r6el", "mipsisa64r6", "mipsisa64r6el", "powerpc", "powerpc64", "powerpc64le", "ppc", "ppc64", "riscv32", "x86", "i386", "i486", "i586", "i686", "x86-x32", "x32", "sh4", "sparc", "sparc64", "loongarch64", "loongarch32",
        "armeb", "aarch64-be", "arc", "microblaze", "nios2", "armv4", "armv5", "armv6", "sh3", "csky", "or1k", "m68k", "arm26", "libc-picolibc", "linux-gnuspe", "linux-gnun64",
    ];

    private static readonly ImmutableSortedDictionary<string, string> Architectures = new Dictionary<string, string>
    {
        ["aarch64"] = "arm64", ["arm"] = "armv7", ["armv7a"] = "armv7", ["armv7ve"] = "armv7", ["x86-64"] = "x86_64", ["riscv64"] = "riscv64",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>When an override holds; null: nobody can say it here.</summary>
    /// <param name="name">The override.</param>
    /// <param name="recipe">Name of the recipe.</param>
    public static ForeignCondition? Meaning(string name, string recipe) =>
        On.Contains(name) || name == $"pn-{recipe}" ? ForeignCondition.Always
        : Off.Contains(name) || (name.StartsWith("pn-", StringComparison.Ordinal) && !name.Contains('$', StringComparison.Ordinal)) ? ForeignCondition.Never
        : Architectures.TryGetValue(name, out var architecture) ? ForeignCondition.Architecture(architecture)
        : null;
}
