// What foreign names of recipes are called here. Pure.

using System.Collections.Immutable;
using Imagecraft.Cli.Authoring;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Importing;

/// <summary>Finds recipes, packages and tools of the workspace by names of Buildroot and Yocto.</summary>
internal sealed class ForeignNames(Workspace workspace)
{
    // What each tool root and each sysroot has by itself.
    private static readonly ImmutableHashSet<string> OfCompiler = ["libc", "glibc", "virtual/libc", "virtual/libintl", "virtual/libiconv", "virtual/compilerlibs", "virtual/cross-cc", "virtual/cross-binutils", "libiconv", "gettext", "gettext-minimal", "toolchain", "linux-headers", "linux-libc-headers", "libatomic", "skeleton", "virtual/update-alternatives", "libgcc", "gcc-runtime", "libtool-cross"];

    private static readonly ImmutableSortedDictionary<string, string> Libraries = new Dictionary<string, string>
    {
        ["libxcrypt"] = "libcrypt", ["virtual/crypt"] = "libcrypt", ["udev"] = "systemd", ["virtual/libudev"] = "systemd", ["eudev"] = "systemd", ["util-linux-libs"] = "util-linux", ["util-linux-libuuid"] = "util-linux", ["libuuid"] = "util-linux", ["jpeg"] = "libjpeg-turbo", ["virtual/jpeg"] = "libjpeg-turbo",
        ["libusb1"] = "libusb", ["pcre2"] = "pcre2", ["libnl"] = "libnl3", ["libmosquitto"] = "mosquitto", ["libcurl"] = "curl", ["libgpiod2"] = "libgpiod", ["xz-utils"] = "xz",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    // Parts of Python's own library, of which Yocto makes packages.
    private static readonly ImmutableHashSet<string> PythonParts =
    [
        "2to3", "asyncio", "audio", "codecs", "compile", "compression", "core", "crypt", "ctypes", "curses", "datetime", "db", "debugger", "difflib", "distutils", "doctest", "email", "fcntl", "html", "idle", "image", "io", "json", "logging", "mailbox", "math", "mime", "misc", "mmap", "modules", "multiprocessing", "netclient", "netserver",
        "numbers", "pickle", "pkgutil", "plistlib", "pprint", "profile", "pydoc", "resource", "shell", "smtpd", "sqlite3", "stringold", "syslog", "terminal", "threading", "tomllib", "typing", "unittest", "unixadmin", "venv", "xml", "xmlrpc", "zoneinfo",
    ];

    // Tools by the feed's package that has them.
    private static readonly ImmutableSortedDictionary<string, string> Tools = new Dictionary<string, string>
    {
        ["pkgconf"] = "pkgconf", ["pkgconfig"] = "pkgconf", ["pkg-config"] = "pkgconf", ["ninja"] = "meson", ["xz"] = "xz-utils", ["m4"] = "autoconf", ["gawk"] = "mawk", ["awk"] = "mawk", ["gnu-config"] = "automake", ["gettext-tiny"] = "gettext", ["python"] = "python3", ["gettext-minimal"] = "gettext", ["cmake-bundled"] = "cmake",
        ["perl"] = "perl-base", ["elfutils"] = "libelf-dev", ["openssl"] = "libssl-dev", ["skeleton"] = "base-files", ["fakeroot"] = "coreutils", ["lzip"] = "lzip", ["glib-2.0"] = "libglib2.0-dev-bin", ["libglib2"] = "libglib2.0-dev-bin",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private readonly ImmutableHashSet<string> _toolPackages = PackagesOf(workspace, workspace.Architectures.Values.Select(architecture => architecture.ToolRoot.Value));
    private readonly ImmutableHashSet<string> _pythonPackages = PackagesOf(workspace, [BuildSpec.Python.LanguageTools]);

    /// <summary>Whether the compiler brings it, or the C library.</summary>
    public static bool IsCompilers(string name) => OfCompiler.Contains(name) || name.StartsWith("virtual/cross", StringComparison.Ordinal) || name.StartsWith("virtual/${", StringComparison.Ordinal);

    /// <summary>The recipe with a library; null: there is none.</summary>
    public string? Library(string name) => RecipeNames.Find(workspace, Libraries.GetValueOrDefault(name, name.StartsWith("virtual/", StringComparison.Ordinal) ? name["virtual/".Length..] : name));

    /// <summary>Whether the tool roots that compile have a tool.</summary>
    /// <param name="name">The tool.</param>
    /// <param name="system">What builds: those of languages have a tool root besides.</param>
    public bool IsInToolRoot(string name, string system) =>
        IsCompilers(name) || _toolPackages.Contains(PackageOf(name)) || (system == "python" && (_pythonPackages.Contains(PackageOf(name)) || _pythonPackages.Contains($"python3-{(name.StartsWith("python-", StringComparison.Ordinal) ? name["python-".Length..] : name)}")))
        || (system == "cargo" && name is "cargo" or "rust" or "rustc") || (system == "go" && name is "go");

    /// <summary>The feed's package that a tool is likely in.</summary>
    public static string PackageOf(string name) => Tools.GetValueOrDefault(name, name);

    /// <summary>The recipe that can be built for the host and has a tool; null: there is none.</summary>
    public string? Tool(string name) =>
        Library(name) is { } recipe && workspace.Recipes[recipe].Build is not (BuildSpec.Prebuilt or BuildSpec.Kernel or BuildSpec.KernelModule or BuildSpec.KernelTool or BuildSpec.DotnetAot) ? recipe : null;

    /// <summary>The package with a program or library for the board; null: there is none.</summary>
    public string? Package(string name)
    {
        if (name.StartsWith("python3-", StringComparison.Ordinal) && PythonParts.Contains(name["python3-".Length..]))
            name = "python3";
        var packages = workspace.Recipes.Values.SelectMany(recipe => recipe.Packages.Where(package => !package.IsConventional)).ToList();
        return packages.Find(package => package.Name.Value == name)?.Name.Value ?? packages.Find(package => package.Provides.Any(provided => provided.Value == name))?.Name.Value
            ?? (Library(name) is { } recipe ? workspace.Recipes[recipe].Packages.FirstOrDefault(package => !package.IsConventional)?.Name.Value : null);
    }

    private static ImmutableHashSet<string> PackagesOf(Workspace workspace, IEnumerable<string> toolRoots) =>
        [.. toolRoots.SelectMany(name => workspace.ToolRoots.GetValueOrDefault(name)?.Packages ?? []).Select(package => package.Value.Split('/', ':')[0])];
}
