// Variables that Yocto's configuration and classes set, in the words of recipes. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>What each recipe sees.</summary>
internal static class YoctoWords
{
    /// <summary>Folder below the sources that gets files which lie beside the recipe.</summary>
    public const string ImportedFolder = "imported";

    private static readonly ImmutableSortedDictionary<string, string> Paths = new Dictionary<string, string>
    {
        ["prefix"] = "/usr", ["exec_prefix"] = "/usr", ["base_prefix"] = "", ["root_prefix"] = "", ["bindir"] = "/usr/bin", ["sbindir"] = "/usr/sbin", ["base_bindir"] = "/usr/bin", ["base_sbindir"] = "/usr/sbin", ["includedir"] = "/usr/include", ["datadir"] = "/usr/share", ["datarootdir"] = "/usr/share",
        ["sysconfdir"] = "/etc", ["localstatedir"] = "/var", ["sharedstatedir"] = "/com", ["servicedir"] = "/srv", ["mandir"] = "/usr/share/man", ["docdir"] = "/usr/share/doc", ["infodir"] = "/usr/share/info", ["libexecdir"] = "/usr/libexec", ["nonarch_libdir"] = "/usr/lib", ["nonarch_base_libdir"] = "/usr/lib",
        ["systemd_unitdir"] = "/usr/lib/systemd", ["systemd_system_unitdir"] = "/usr/lib/systemd/system", ["systemd_user_unitdir"] = "/usr/lib/systemd/user", ["runstatedir"] = "/run", ["oldincludedir"] = "/usr/include", ["base_libdir_native"] = "/usr/lib", ["nonarch_base_libdir_native"] = "/usr/lib", ["udevrulesdir"] = "/usr/lib/udev/rules.d",
        ["sysusersdir"] = "/usr/lib/sysusers.d", ["tmpfilesdir"] = "/usr/lib/tmpfiles.d", ["modprobedir"] = "/usr/lib/modprobe.d", ["baselib"] = "lib", ["bashcompletiondir"] = "/usr/share/bash-completion/completions",
        // Mirrors, by what they mirror.
        ["GNU_MIRROR"] = "https://ftp.gnu.org/gnu", ["KERNELORG_MIRROR"] = "https://cdn.kernel.org/pub", ["SOURCEFORGE_MIRROR"] = "https://downloads.sourceforge.net", ["SAVANNAH_GNU_MIRROR"] = "https://download.savannah.gnu.org/releases", ["SAVANNAH_NONGNU_MIRROR"] = "https://download.savannah.nongnu.org/releases",
        ["GNOME_MIRROR"] = "https://download.gnome.org/sources", ["XORG_MIRROR"] = "https://www.x.org/releases",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, string> Variables = new Dictionary<string, string>
    {
        ["D"] = "DESTDIR", ["libdir"] = "LIBDIR", ["base_libdir"] = "LIBDIR", ["CC"] = "CC", ["CXX"] = "CXX", ["AR"] = "AR", ["LD"] = "LD", ["NM"] = "NM", ["RANLIB"] = "RANLIB", ["STRIP"] = "STRIP", ["OBJCOPY"] = "OBJCOPY", ["CFLAGS"] = "CFLAGS", ["CXXFLAGS"] = "CXXFLAGS", ["TARGET_CFLAGS"] = "CFLAGS",
        ["TARGET_PREFIX"] = "CROSS_COMPILE", ["HOST_PREFIX"] = "CROSS_COMPILE", ["TARGET_SYS"] = "TRIPLET", ["HOST_SYS"] = "TRIPLET", ["STAGING_DIR_HOST"] = "SYSROOT", ["STAGING_DIR_TARGET"] = "SYSROOT", ["RECIPE_SYSROOT"] = "SYSROOT", ["PKG_CONFIG_SYSROOT_DIR"] = "SYSROOT",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, (string Variable, string Below)> Below = new Dictionary<string, (string Variable, string Below)>
    {
        ["STAGING_INCDIR"] = ("SYSROOT", "/usr/include"), ["STAGING_EXECPREFIXDIR"] = ("SYSROOT", "/usr"), ["STAGING_DATADIR"] = ("SYSROOT", "/usr/share"),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>A value that is the same everywhere, or a variable of recipes with what follows it; null: it is none of those.</summary>
    public static (ShellValue First, string Below)? Of(string name) =>
        Paths.TryGetValue(name, out var path) ? (ShellValue.Literal(path), "")
        : Variables.TryGetValue(name, out var variable) ? (ShellValue.Variable(variable), "")
        : Below.TryGetValue(name, out var below) ? (ShellValue.Variable(below.Variable), below.Below)
        : name is "LDFLAGS" or "CPPFLAGS" or "TARGET_LDFLAGS" or "TARGET_CPPFLAGS" ? (ShellValue.Literal(""), "")
        : name == "STAGING_LIBDIR" ? (ShellValue.Variable("SYSROOT"), "${LIBDIR}")
        : null;
}
