// Variables that Buildroot's infrastructure sets, in the words of recipes. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>What each package sees.</summary>
internal static class BuildrootWords
{
    /// <summary>What stands for a file that lies beside the recipe, before its name.</summary>
    public const string Imported = "IMPORTED:";

    /// <summary>Folder below the sources that gets such files.</summary>
    public const string ImportedFolder = "imported";

    // Buildroot's compiler flags for the board beside its optimization: large files, where long has 32 bits.
    private const string LargeFiles = "-D_LARGEFILE_SOURCE -D_LARGEFILE64_SOURCE -D_FILE_OFFSET_BITS=64";

    private static readonly ImmutableArray<string> Compilers = ["CC", "CXX", "AR", "LD", "NM", "RANLIB", "STRIP", "OBJCOPY", "CFLAGS", "CXXFLAGS"];

    /// <summary>Values in lists of <c>build:</c>, where <c>${NAME}</c> is a variable.</summary>
    public static ImmutableDictionary<string, string> InLists(BuildrootName name) => Common(name).SetItems(
    [
        .. Compilers.Select(variable => KeyValuePair.Create($"TARGET_{variable}", $"${{{variable}}}")),
        new("TARGET_CONFIGURE_OPTS", string.Join(' ', Compilers.Select(variable => $"\"{variable}=${{{variable}}}\""))),
        new("TARGET_DIR", "${DESTDIR}"), new("STAGING_DIR", "${SYSROOT}"), new("TARGET_CROSS", "${CROSS_COMPILE}"), new("KERNEL_ARCH", "${ARCH}"), new("GNU_TARGET_NAME", "${TRIPLET}"),
    ]);

    /// <summary>Values in shell.</summary>
    /// <param name="name">The package.</param>
    /// <param name="isStaging">Whether what is installed is for other packages.</param>
    public static ImmutableDictionary<string, ImmutableArray<ShellValue>> InShell(BuildrootName name, bool isStaging)
    {
        ImmutableArray<ShellValue> Of(params ImmutableArray<ShellValue> values) => values;
        ImmutableArray<ShellValue> Variable(string variable) => [ShellValue.Variable(variable)];
        return Common(name).ToImmutableDictionary(pair => pair.Key, pair => Of(ShellValue.Literal(pair.Value))).SetItems(
        [
            .. Compilers.Select(variable => KeyValuePair.Create($"TARGET_{variable}", Variable(variable))),
            new("TARGET_CONFIGURE_OPTS", [.. Compilers.SelectMany((variable, at) => new[] { ShellValue.Literal($"{(at == 0 ? "" : " ")}{variable}="), ShellValue.Variable(variable) })]),
            new("TARGET_DIR", Variable("DESTDIR")), new("STAGING_DIR", Variable(isStaging ? "DESTDIR" : "SYSROOT")), new("TARGET_CROSS", Variable("CROSS_COMPILE")), new("KERNEL_ARCH", Variable("ARCH")), new("GNU_TARGET_NAME", Variable("TRIPLET")),
            new("@D", Variable(ShellWriter.SourceVariable)), new($"{name.Prefix}_DIR", Variable(ShellWriter.SourceVariable)), new($"{name.Prefix}_SRCDIR", Variable(ShellWriter.SourceVariable)),
            new("INSTALL", Of(ShellValue.Literal("install"))), new("MAKE", Of(ShellValue.Literal("make"))), new("MAKE1", Of(ShellValue.Literal("make -j1"))), new("SED", Of(ShellValue.Literal("sed -i -e"))), new("RM", Of(ShellValue.Literal("rm -f"))),
        ]);
    }

    private static ImmutableDictionary<string, string> Common(BuildrootName name) => new Dictionary<string, string>
    {
        [$"{name.Prefix}_NAME"] = name.Name, [$"{name.Prefix}_RAWNAME"] = name.Name, ["TARGET_LDFLAGS"] = "", ["TARGET_CPPFLAGS"] = LargeFiles, ["TARGET_MAKE_ENV"] = "", ["HOST_MAKE_ENV"] = "", ["TARGET_CONFIGURE_ARGS"] = "", ["SHARED_STATIC_LIBS_OPTS"] = "--enable-shared --disable-static", ["Q"] = "", ["TAR"] = "tar", ["TARGET_NLS_DEPENDENCIES"] = "", ["TARGET_NLS_LIBS"] = "", ["TARGET_NLS_OPTS"] = "",
        ["PKG_CONFIG_HOST_BINARY"] = "pkg-config", ["BR2_GNU_MIRROR"] = "https://ftp.gnu.org/gnu", ["BR2_KERNEL_MIRROR"] = "https://cdn.kernel.org/pub", ["comma"] = ",", ["space"] = " ",
    }.ToImmutableDictionary();
}

/// <summary>A package's name, and what its variables begin with.</summary>
/// <param name="Name">Its name.</param>
internal sealed record BuildrootName(string Name)
{
    /// <summary>What its variables begin with.</summary>
    public string Prefix { get; } = Name.ToUpperInvariant().Replace('-', '_').Replace('.', '_');

    /// <summary>Its configuration symbol.</summary>
    public string Symbol => $"BR2_PACKAGE_{Prefix}";
}
