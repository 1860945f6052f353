// Classes that recipes inherit: the build systems among them, those that nobody misses, and what others add. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Classes of OpenEmbedded's.</summary>
internal static class YoctoClasses
{
    private const string Checks = "it checks names, features or newer versions, and builds nothing";
    private const string Tests = "tests of Yocto's own form (ptest); `checks:` prove a recipe on the board";
    private const string Sysroot = "the tool root and the sysroot have it anyway";
    private const string Packaging = "packages are made by what is installed";

    private static readonly ImmutableSortedDictionary<string, string> Systems = new Dictionary<string, string>
    {
        ["autotools"] = "autotools", ["autotools-brokensep"] = "autotools", ["cmake"] = "cmake", ["meson"] = "meson", ["cargo"] = "cargo", ["go"] = "go", ["go-mod"] = "go", ["module"] = "kernel-module", ["module-base"] = "kernel-module",
        ["setuptools3"] = "python", ["setuptools3_legacy"] = "python", ["python_setuptools_build_meta"] = "python", ["python_pep517"] = "python", ["python_hatchling"] = "python", ["python_flit_core"] = "python", ["python_poetry_core"] = "python",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, string> Unmissed = new Dictionary<string, string>
    {
        ["pkgconfig"] = Sysroot, ["gettext"] = Sysroot, ["texinfo"] = Sysroot, ["python3native"] = Sysroot, ["python3targetconfig"] = Sysroot, ["python3-dir"] = Sysroot, ["perlnative"] = Sysroot, ["siteinfo"] = Sysroot, ["binconfig"] = Sysroot, ["binconfig-disabled"] = Sysroot, ["kernelsrc"] = Sysroot, ["kernel-arch"] = Sysroot, ["python_pep517"] = Sysroot, ["setuptools3-base"] = Sysroot, ["rust"] = Sysroot, ["gnu-config"] = Sysroot, ["linux-kernel-base"] = Sysroot,
        ["features_check"] = Checks, ["github-releases"] = Checks, ["upstream-version-is-even"] = Checks, ["upstream-stable-release-point"] = Checks, ["sourceforge-releases"] = Checks, ["cargo-update-recipe-crates"] = Checks, ["gitpkgv"] = Checks, ["cve-check"] = Checks, ["nospdx"] = Checks, ["gobject-introspection-data"] = Checks, ["perl-version"] = Sysroot, ["goarch"] = Sysroot, ["cpan-base"] = Sysroot, ["go-mod-update-modules"] = Checks,
        ["ptest"] = Tests, ["ptest-python-pytest"] = Tests, ["ptest-perl"] = Tests, ["ptest-gnome"] = Tests, ["ptest-cargo"] = Tests, ["pytest"] = Tests,
        ["lib_package"] = Packaging, ["multilib_header"] = Packaging, ["multilib_script"] = Packaging, ["bash-completion"] = Packaging, ["allarch"] = Packaging, ["nopackages"] = Packaging, ["manpages"] = Packaging, ["mime"] = Packaging, ["mime-xdg"] = Packaging, ["gtk-icon-cache"] = Packaging, ["fontcache"] = Packaging, ["gsettings"] = Packaging, ["gio-module-cache"] = Packaging, ["gtk-immodules-cache"] = Packaging, ["pixbufcache"] = Packaging, ["gnome-help"] = Packaging, ["update-alternatives"] = "programs of one name give way by `gives-way:` of their package (docs/services.md)",
        ["systemd"] = "`services:` says it for each init", ["update-rc.d"] = "`services:` says it for each init", ["useradd"] = "`users:` and `groups:` say it",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The build system of its classes; null: recipes have none, or it has none of these classes.</summary>
    public static string? SystemOf(YoctoFindings found) => found.Classes.Select(one => Systems.GetValueOrDefault(one.Name)).FirstOrDefault(system => system is not null);

    /// <summary>What a class is here: a build system, or something that nobody misses; null: it is told.</summary>
    public static (bool IsSystem, string? Why)? Meaning(string name) => Systems.ContainsKey(name) ? (true, null) : Unmissed.TryGetValue(name, out var why) ? (false, why) : null;

    /// <summary>What is told of a class that makes the address of the sources; null: it makes none.</summary>
    public static Reason? Address(string name) => name switch
    {
        "pypi" => new("the class makes the address of the sources, which is that of a registry", "Find the archive upstream, and write `sources:` with its SHA-256"),
        "gnomebase" or "xfce" or "xfce-app" or "xfce-panel-plugin" or "thunar-plugin" or "cpan" => new("the class makes the address of the sources, and further arguments", "Write `sources:`, and see what else the class gives"),
        _ => null,
    };

    /// <summary>Arguments that classes add, which switch off what is made by running programs of the board.</summary>
    public static IEnumerable<(string Class, string Argument)> Arguments(YoctoFindings found, string system)
    {
        foreach (var (name, variable, usual, word) in new[] { ("gobject-introspection", "GIR_MESON_OPTION", "introspection", "introspection"), ("gtk-doc", "GTKDOC_MESON_OPTION", "gtk_doc", "gtk-doc"), ("gi-docgen", "GIDOCGEN_MESON_OPTION", "gtk_doc", "gtk-doc"), ("vala", "", "", "vala") })
        {
            if (!found.Inherits(name))
                continue;
            if (system == "autotools")
                yield return (name, $"--disable-{word}");
            else if (system == "meson" && variable.Length > 0)
            {
                var option = found.Scope.Has(variable) ? found.Text(variable) : usual;
                var off = found.Text(variable.Replace("_OPTION", "_DISABLE_FLAG", StringComparison.Ordinal)) ?? "false";
                found.Text(variable.Replace("_OPTION", "_ENABLE_FLAG", StringComparison.Ordinal));
                if (option is { Length: > 0 })
                    yield return (name, $"-D{option}={off}");
            }
        }
    }
}
