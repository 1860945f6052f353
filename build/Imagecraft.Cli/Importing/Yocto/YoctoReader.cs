// A `.bb` file of Yocto's, with what it requires, as a foreign recipe. Pure; nothing of it is run.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Reads recipes of Yocto's.</summary>
/// <remarks>Source of the meanings: Yocto Project Reference Manual, chapters "Variables Glossary" and "Classes".</remarks>
public static partial class YoctoReader
{
    // Files that require each other in a circle would be read without end.
    private const int DeepestInclude = 10;

    private const string Packaging = "packages are made by what is installed";

    private static readonly ImmutableSortedDictionary<string, string> Unmissed = Groups(
        ("vulnerabilities and newer versions are not looked up there", ["CVE_PRODUCT", "CVE_VERSION", "CVE_STATUS", "CVE_CHECK_IGNORE", "UPSTREAM_CHECK_URI", "UPSTREAM_CHECK_REGEX", "UPSTREAM_CHECK_GITTAGREGEX", "UPSTREAM_CHECK_COMMITS", "UPSTREAM_CHECK_PYPI_PACKAGE", "UPSTREAM_VERSION_UNKNOWN", "RECIPE_NO_UPDATE_REASON", "MIRRORS", "PREMIRRORS", "GITHUB_BASE_URI", "PYPI_PACKAGE", "PYPI_PACKAGE_EXT", "CVE_STATUS_GROUPS"]),
        ("it describes for people, or for menus of Yocto's", ["DESCRIPTION", "SECTION", "BUGTRACKER", "AUTHOR", "HOMEPAGE", "SUMMARY", "RECIPE_MAINTAINER", "PRIORITY"]),
        ("texts of licenses are not collected", ["LIC_FILES_CHKSUM", "NO_GENERIC_LICENSE", "LICENSE_FLAGS", "LICENSE_FLAGS_DETAILS"]),
        (Packaging, ["PACKAGES", "FILES", "PACKAGE_BEFORE_PN", "PACKAGES_DYNAMIC", "RPROVIDES", "RREPLACES", "RCONFLICTS", "INSANE_SKIP", "ALLOW_EMPTY", "CONFFILES", "DEBIAN_NOAUTONAME", "PKG", "PACKAGE_ARCH", "INHIBIT_PACKAGE_STRIP", "PRIVATE_LIBS", "INITSCRIPT_PACKAGES", "SYSTEMD_PACKAGES", "USERADD_PACKAGES", "PACKAGESPLITFUNCS", "LEAD_SONAME", "MULTILIB_SCRIPTS", "BINCONFIG", "FILES_SOLIBSDEV", "SOLIBS", "SYSROOT_DIRS", "DISABLE_STATIC", "PACKAGE_PREPROCESS_FUNCS", "PE", "PR", "DEBIANNAME", "DEV_PKG_DEPENDENCY", "PACKAGEFUNCS", "FONT_PACKAGES"]),
        ("nothing is recommended; images name it", ["RRECOMMENDS", "RSUGGESTS", "PACKAGE_EXCLUDE"]),
        ("programs of one name give way by `gives-way:` of their package (docs/services.md)", ["ALTERNATIVE", "ALTERNATIVE_PRIORITY", "ALTERNATIVE_LINK_NAME", "ALTERNATIVE_TARGET"]),
        ("`services:` says it for each init", ["INITSCRIPT_PARAMS", "SYSTEMD_AUTO_ENABLE"]),
        ("every build has its own folder, and runs as it is written", ["CLEANBROKEN", "PARALLEL_MAKEINST", "B", "S", "EXCLUDE_FROM_WORLD", "AUTOTOOLS_AUXRECONF", "EXTRA_AUTORECONF", "ARM_INSTRUCTION_SET", "AUTO_LIBNAME_PKGS", "INHIBIT_DEFAULT_DEPS", "UNKNOWN_CONFIGURE_OPT_IGNORE", "SSTATE_SCAN_FILES", "PACKAGE_WRITE_DEPS", "ASNEEDED", "LTO", "INHIBIT_PACKAGE_DEBUG_SPLIT", "CCACHE_DISABLE", "TOOLCHAIN", "TOOLCHAIN_NATIVE", "do_build", "do_populate_lic", "do_testimage", "do_create_spdx"]),
        ("what an architecture or board cannot build fails there", ["COMPATIBLE_HOST", "COMPATIBLE_MACHINE", "REQUIRED_DISTRO_FEATURES", "CONFLICT_DISTRO_FEATURES", "ANY_OF_DISTRO_FEATURES", "REQUIRED_MACHINE_FEATURES"]),
        ("`when: { host: true }` says where the variant for the build host differs, and `tools: [ \"recipe:NAME\" ]` builds it", ["BBCLASSEXTEND", "NATIVE_INSTALL_WORKS"]),
        ("a file of `SRC_URI` is found by its folder", ["FILESEXTRAPATHS", "FILESPATH", "SRCREV_FORMAT", "SRCPV"]),
        ("Go finds the module's name in `go.mod`", ["GO_IMPORT", "GO_SRCURI_DESTSUFFIX"]),
        ("tests of Yocto's own form (ptest); `checks:` prove a recipe on the board", ["PTEST_PATH", "PTEST_ENABLED", "PTEST_PYTEST_DIR", "PTEST_TESTS"]));

    /// <summary>Reads a recipe.</summary>
    /// <param name="files">Its layer.</param>
    /// <param name="path">Its file below the layer.</param>
    /// <exception cref="CommandLine.ProblemException">It is malformed, or nothing of it can be a recipe.</exception>
    public static ForeignRecipe Read(ForeignFiles files, string path)
    {
        var folder = ForeignFiles.FolderOf(path);
        var first = new ForeignPlace(ForeignFiles.NameOf(path), 1);
        var stem = ForeignFiles.NameOf(path)[..^".bb".Length];
        var (name, fileVersion) = stem.IndexOf('_', StringComparison.Ordinal) is > 0 and var bar ? (stem[..bar], stem[(bar + 1)..]) : (stem, "1.0");
        var scope = new BitbakeScope(name, fileVersion);
        var found = new YoctoFindings(name, first, folder, scope, files);
        Load(found, path, first, 0);
        var version = Version(found, fileVersion);
        RefuseOthers(found);
        var fetched = SourceUris.Read(found, version);
        var system = YoctoClasses.SystemOf(found) ?? "script";
        var (subfolder, isWithin) = Subfolder(found, system);
        var shell = new BitbakeShell(scope, file => SourceUris.Find(found, version, file), found.Taken, system is "cmake" or "meson", subfolder, isWithin);
        var configs = PackageConfigs.Read(found);
        var arguments = Arguments(found, system, configs);
        var steps = new YoctoSteps(found, system, shell);
        var (before, all, after) = (steps.Before(), steps.All(), steps.After());
        var recipe = new ForeignRecipe
        {
            Kind = "yocto",
            Place = first,
            Name = name.ToLowerInvariant(),
            Version = version,
            License = License(found),
            Summary = found.Text("SUMMARY") is { Length: > 0 } summary ? summary : null,
            Homepage = found.Text("HOMEPAGE") is { } page && page.StartsWith("http", StringComparison.Ordinal) ? page : null,
            Sources = fetched.Sources,
            Patches = fetched.Patches,
            Needs = [.. Needs(found), .. configs.Needs],
            Provides = [.. found.Words("PROVIDES").Where(word => word.When.IsAlways && Metadata.Model.DocumentId.IsName(word.Text) && word.Text != name).Select(word => word.Text)],
            System = system,
            Subfolder = subfolder,
            Arguments = arguments,
            Environment = Environment(found),
            Before = before,
            Steps = all,
            After = after,
            Options = configs.Options,
            Services = YoctoAccounts.Services(found, fetched.Files),
            Users = YoctoAccounts.Users(found),
        };
        Leftovers(found, fetched, recipe.Services);
        // Features that nothing depends on but what is on by itself are no options.
        var asked = recipe.Arguments.Values.SelectMany(words => words).SelectMany(word => word.When.Options).Concat(recipe.Needs.SelectMany(need => need.When.Options)).ToHashSet(StringComparer.Ordinal);
        recipe = recipe with { Options = [.. recipe.Options, .. scope.Features.Where(feature => asked.Contains(feature) && !recipe.Options.Any(option => option.Name == feature)).Select(feature => PackageConfigs.OfFeature(feature, first))] };
        scope.Given.UnionWith(scope.Features.Where(feature => recipe.Options.Any(option => option.Name == feature)).Select(feature => $"`{feature}` of DISTRO_FEATURES is the option `{feature}`"));
        return recipe with
        {
            Files = [.. found.Taken],
            Given = [.. scope.Given],
            Rest = [.. found.Rest.Concat(scope.Rest).OrderBy(one => one.Place.File != first.File).ThenBy(one => one.Place.File, StringComparer.Ordinal).ThenBy(one => one.Place.Line).Distinct()],
            Needless = [.. found.Needless.Concat(scope.Needless)],
        };
    }

    private static void Load(YoctoFindings found, string path, ForeignPlace from, int depth)
    {
        var scope = found.Scope;
        if (depth > DeepestInclude)
            throw from.Refuse("Files require each other in a circle", "Mend them");
        var shown = path.StartsWith(found.Folder + "/", StringComparison.Ordinal) ? path[(found.Folder.Length + 1)..] : path;
        foreach (var statement in BitbakeText.Parse(shown, found.Files.Text(path) ?? throw from.Refuse($"`{path}` cannot be read", "Name a `.bb` file")))
        {
            switch (statement)
            {
                case BitbakeStatement.Assignment assignment:
                    scope.Assign(assignment);
                    break;
                case BitbakeStatement.Flag flag:
                    if (flag.Operator is not ("?=" or "??=") || !scope.Flags.ContainsKey((flag.Name, flag.FlagName)))
                        scope.Flags[(flag.Name, flag.FlagName)] = flag;
                    break;
                case BitbakeStatement.Function function:
                    scope.Define(function);
                    break;
                case BitbakeStatement.Python python:
                    found.Rest.Add(new(python.Place, python.Text, new("Python is not run", "See what it does, and do it by hand if it is needed")));
                    break;
                case BitbakeStatement.Inherit inherit:
                    Inherit(found, inherit);
                    break;
                case BitbakeStatement.Include include:
                    Include(found, path, include, depth);
                    break;
                case BitbakeStatement.Other other:
                    if (!other.Text.StartsWith("export", StringComparison.Ordinal))
                        found.Rest.Add(new(other.Place, other.Text, new("recipes have steps in one order", "See what the task does, and do it by hand if it is needed")));
                    else
                        scope.Exported.Add(other.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1]);
                    break;
            }
        }
    }

    private static void Include(YoctoFindings found, string path, BitbakeStatement.Include include, int depth)
    {
        var name = found.Scope.Expand(include.File, include.Place, out var problem)?.Plain;
        if (name is null)
        {
            found.Rest.Add(new(include.Place, include.File, problem ?? new("which file is meant depends on options", "Copy what it says by hand")));
            return;
        }

        // Beside the file that names it, or below a layer.
        if (new[] { ForeignFiles.Join(ForeignFiles.FolderOf(path), name), name }.FirstOrDefault(found.Files.Has) is { } file)
            Load(found, file, include.Place, depth + 1);
        else if (include.IsRequired)
            throw include.Place.Refuse($"There is no `{name}`, which it requires", "Import it where it lies in its layer; what it takes from another layer must be copied beside it");
        else
            found.Needless.Add(new(include.Place, name, "it is read where it is there, and it is not"));
    }

    private static void Inherit(YoctoFindings found, BitbakeStatement.Inherit inherit)
    {
        if (found.Scope.Expand(inherit.Classes, inherit.Place, out var problem) is not { } classes || !classes.TryWords(out var words, out problem))
        {
            found.Rest.Add(new(inherit.Place, $"inherit {inherit.Classes}", problem!));
            return;
        }

        foreach (var word in words)
        {
            found.Classes.Add((word.Text, inherit.Place));
            if (!word.When.IsAlways || YoctoClasses.Meaning(word.Text) is not { } meaning)
            {
                if (YoctoClasses.Address(word.Text) is { } address)
                    found.Rest.Add(new(inherit.Place, $"inherit {word.Text}", address));
                else if (word.Text is not ("gobject-introspection" or "gtk-doc" or "gi-docgen" or "vala" or "native" or "image" or "core-image" or "packagegroup" or "kernel" or "nativesdk" or "cross" or "crosssdk" or "cross-canadian" or "devicetree" or "uboot-config"))
                    found.Rest.Add(new(inherit.Place, $"inherit {word.Text}", word.When.IsAlways ? new("the class does something that is not translated", "See what it does, and do it by hand if it is needed") : new($"it is inherited where {word.When}", "Decide it by hand")));
            }
            else if (!meaning.IsSystem)
                found.Needless.Add(new(inherit.Place, $"inherit {word.Text}", meaning.Why!));
        }
    }

    private static string Version(YoctoFindings found, string fileVersion)
    {
        if (!found.Scope.Has("PV"))
            return fileVersion;
        var version = found.Scope.ValueOf("PV", out _)?.Plain;
        return version is { Length: > 0 } && !version.Contains('$', StringComparison.Ordinal) && !version.Contains(' ', StringComparison.Ordinal) ? version.TrimEnd('+')
            : throw (found.Scope.PlaceOf("PV") ?? found.Place).Refuse("`PV` is no version that can be said without Yocto's configuration", "Set it to a text in a copy of the file, and import that");
    }

    private static void RefuseOthers(YoctoFindings found)
    {
        foreach (var (name, place) in found.Classes)
            if (name is "image" or "core-image" or "packagegroup" or "kernel" or "native" or "nativesdk" or "cross" or "crosssdk" or "cross-canadian" or "cpan" or "cpan_build" or "python_maturin" or "python_pdm" or "python_mesonpy" or "python_setuptools3_rust" or "waf" or "scons" or "npm" or "qmake5" or "qmake6" or "populate_sdk" or "devicetree")
                throw place.Refuse($"Recipes of the class `{name}` have no build system here", name switch
                {
                    "image" or "core-image" => "Write an image: `./build.sh new image NAME`",
                    "packagegroup" => "Write a feature with `packages:` (images/features)",
                    "kernel" => "The recipe `linux` builds kernels; what a board needs is in `kernel-fragments:`",
                    "native" or "nativesdk" or "cross" or "crosssdk" or "cross-canadian" => "Tools come from tool roots; `tools: [ \"recipe:NAME\" ]` builds a recipe of the board for the build host",
                    _ => "`./build.sh new recipe ADDRESS` looks at the sources themselves; or write the recipe by hand, with `build: { system: script, steps: ... }`",
                });
    }

    // Where the build files are, and whether that is what `${S}` names.
    private static (string Folder, bool IsWithin) Subfolder(YoctoFindings found, string system)
    {
        foreach (var variable in new[] { "OECMAKE_SOURCEPATH", "MESON_SOURCEPATH", "AUTOTOOLS_SCRIPT_PATH", "PEP517_SOURCE_PATH", "SETUPTOOLS_SETUP_PATH", "CARGO_SRC_DIR", "S" })
        {
            if (!found.Scope.Has(variable))
                continue;
            found.Scope.Used.Add(variable);
            var text = found.Scope.Shown(variable).TrimEnd('/');
            if (variable == "CARGO_SRC_DIR")
                return (text, false);
            // Archives have one folder around all others, whose name is dropped while unpacking.
            if (Inside().Match(text) is not { Success: true } inside)
                return Unsaid(variable);
            var folder = inside.Groups["in"].Success ? inside.Groups["rest"].Value : string.Join('/', inside.Groups["rest"].Value.Split('/').Skip(1));
            if (folder.Contains("${", StringComparison.Ordinal))
                return Unsaid(variable);
            if (folder.Length > 0)
                return (folder, variable == "S");
        }

        return ("", false);

        (string Folder, bool IsWithin) Unsaid(string variable)
        {
            found.Tell(variable, new($"where in the sources `{system}` begins cannot be said", "Write `subfolder:` of `build:` where it is not their root"));
            return ("", false);
        }
    }

    private static string? License(YoctoFindings found)
    {
        if (found.Text("LICENSE") is not { } text)
            return null;
        var (license, unknown) = ForeignLicense.OfYocto(text);
        foreach (var one in unknown)
            found.Tell("LICENSE", new($"`{one}` is no name that SPDX is known to have", "Read the license, and write its identifier in place of `LicenseRef-...` where it has one"));
        foreach (var (variable, place, _) in found.Scope.All.Where(one => one.Name.StartsWith("LICENSE:", StringComparison.Ordinal)).ToList())
        {
            found.Scope.Used.Add(variable);
            found.Needless.Add(new(place, variable, "a recipe has one license for all of its packages"));
        }

        return license;
    }

    private static IEnumerable<ForeignNeed> Needs(YoctoFindings found)
    {
        foreach (var word in found.Words("DEPENDS"))
            yield return YoctoNeeds.Of(word.Text, word.When, word.Place);
        foreach (var (variable, place, _) in found.Scope.All.Where(one => one.Name.Split(':')[0] == "RDEPENDS").ToList())
        {
            if (variable != $"RDEPENDS:{found.Name}")
            {
                found.Scope.Used.Add(variable);
                found.Needless.Add(new(place, variable, variable.EndsWith("-ptest", StringComparison.Ordinal) ? "tests of Yocto's own form (ptest); `checks:` prove a recipe on the board" : Packaging));
                continue;
            }

            foreach (var word in found.Words(variable).Where(word => word.Text != found.Name && !word.Text.StartsWith($"{found.Name}-", StringComparison.Ordinal) && !VersionWord().IsMatch(word.Text)))
                yield return new(word.Text, NeedKind.Runtime, word.When, word.Place);
        }
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<ForeignWord>> Arguments(YoctoFindings found, string system, PackageConfigs configs)
    {
        var lists = new SortedDictionary<string, ImmutableArray<ForeignWord>>(StringComparer.Ordinal);
        void Add(string key, IEnumerable<ForeignWord> words)
        {
            var all = words.ToImmutableArray();
            if (!all.IsEmpty)
                lists[key] = lists.GetValueOrDefault(key, []).AddRange(all);
        }

        var ofClasses = YoctoClasses.Arguments(found, system).Select(one => new ForeignWord(one.Argument, ForeignCondition.Always, found.Classes.Find(own => own.Name == one.Class).Place)).ToList();
        switch (system)
        {
            case "autotools":
                Add("configure", [.. found.Words("EXTRA_OECONF"), .. ofClasses, .. configs.Arguments, .. found.Words("CACHED_CONFIGUREVARS")]);
                Add("make", [.. found.Words("EXTRA_OEMAKE"), .. OneJob(found)]);
                break;
            case "cmake":
                Add("options", [.. found.Words("EXTRA_OECMAKE"), .. configs.Arguments]);
                break;
            case "meson":
                Add("options", [.. found.Words("EXTRA_OEMESON"), .. ofClasses, .. configs.Arguments]);
                break;
            case "kernel-module":
                Add("make", found.Words("EXTRA_OEMAKE"));
                break;
            case "go":
                Add("programs", found.Words("GO_INSTALL").Select(word => word with { Text = found.Scope.Has("GO_IMPORT") && word.Text.StartsWith(found.Scope.Shown("GO_IMPORT"), StringComparison.Ordinal) ? $".{word.Text[found.Scope.Shown("GO_IMPORT").Length..]}" : word.Text }));
                break;
            case "cargo":
                Add("arguments", found.Words("CARGO_FEATURES").Select(word => word with { Text = $"--features={word.Text}" }));
                break;
            case "python":
                Add("settings", found.Words("PEP517_BUILD_OPTS"));
                break;
            default:
                found.Scope.Used.Add("EXTRA_OEMAKE");
                break;
        }

        if (system is not ("autotools" or "cmake" or "meson") && !configs.Arguments.IsEmpty)
            found.Tell("PACKAGECONFIG", new($"`{system}` takes no arguments of options", "See what uses PACKAGECONFIG_CONFARGS, and write it by hand"));
        return lists.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    // A recipe that takes its jobs away cannot be built by several at once.
    private static IEnumerable<ForeignWord> OneJob(YoctoFindings found) =>
        found.Scope.Has("PARALLEL_MAKE") && found.Text("PARALLEL_MAKE") is "" or "-j1" or "-j 1" ? [new("-j1", ForeignCondition.Always, found.Scope.PlaceOf("PARALLEL_MAKE")!)] : [];

    private static ImmutableSortedDictionary<string, string> Environment(YoctoFindings found)
    {
        var set = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (variable, _, _) in found.Scope.All.Where(one => found.Scope.Exported.Contains(one.Name) || one.Name is "CFLAGS" or "CXXFLAGS" or "LDFLAGS" or "CPPFLAGS" or "TARGET_CFLAGS").ToList())
            if (found.Text(variable) is { } value && VariableName().IsMatch(variable))
                set[variable == "TARGET_CFLAGS" ? "CFLAGS" : variable] = (variable is "CFLAGS" or "CXXFLAGS" && !found.Scope.IsReplaced(variable) ? $"${{{variable}}} {value}" : value).Trim();
        return set.ToImmutable();
    }

    // Everything that was set, and that nobody has asked for until now.
    private static void Leftovers(YoctoFindings found, FetchedSources fetched, ImmutableArray<ForeignService> services)
    {
        foreach (var (name, place, text) in found.Scope.All.OrderBy(one => one.Place.Line))
        {
            var bare = name.Split(':')[0];
            if (found.Scope.Used.Contains(name))
                continue;
            // Options of classes that it does not have.
            if (ClassOption().IsMatch(name))
            {
                found.Needless.Add(new(place, name, "the class that asks for it is not inherited, or adds nothing here"));
                continue;
            }

            if (Unmissed.TryGetValue(bare, out var why))
                found.Needless.Add(new(place, name, why));
            else if (name.Contains("ptest", StringComparison.OrdinalIgnoreCase))
                found.Needless.Add(new(place, name, "tests of Yocto's own form (ptest); `checks:` prove a recipe on the board"));
            else if (name.Contains(':', StringComparison.Ordinal) && bare is "SUMMARY" or "DESCRIPTION" or "SECTION")
                found.Needless.Add(new(place, name, Packaging));
            else
                found.Rest.Add(new(place, $"{name} = \"{text}\"", new("recipes have no key for it", "See what it is for in Yocto's manual, and say it by hand if it is needed")));
        }

        foreach (var ((name, flag), statement) in found.Scope.Flags.Where(one => one.Key.Name is not ("PACKAGECONFIG" or "SRC_URI")))
            if (Unmissed.TryGetValue(name, out var why) || (flag is "doc" or "vardepsexclude" or "vardeps" or "noexec" && (why = "BitBake asks it while it plans") is not null))
                found.Needless.Add(new(statement.Place, $"{name}[{flag}]", why));
            else
                found.Rest.Add(new(statement.Place, $"{name}[{flag}] = \"{statement.Value}\"", new("recipes have no key for it", "See what it is for in Yocto's manual, and say it by hand if it is needed")));
        foreach (var (name, path, place) in fetched.Files.Where(file => !found.Taken.Contains(file.Path) && !services.Any(service => file.Name.StartsWith(service.Name, StringComparison.OrdinalIgnoreCase))))
            found.Rest.Add(new(place, $"file://{name}", new("nothing that was translated uses it", $"Copy `{ForeignFiles.NameOf(path)}` beside the recipe if it is needed, as a source `file:NAME` with `unpack: false`")));
    }

    private static ImmutableSortedDictionary<string, string> Groups(params IEnumerable<(string Why, string[] Names)> groups) =>
        groups.SelectMany(group => group.Names.Select(name => KeyValuePair.Create(name, group.Why))).ToImmutableSortedDictionary(StringComparer.Ordinal);

    [GeneratedRegex(@"^\$\{(?:(?<in>S)|UNPACKDIR|WORKDIR)\}(?:/(?<rest>.*))?$")]
    private static partial Regex Inside();

    [GeneratedRegex(@"^\(.*|.*\)$|^[<>=]+$")]
    private static partial Regex VersionWord();

    [GeneratedRegex("^(GIR|GTKDOC|GIDOCGEN|VALA)_MESON_")]
    private static partial Regex ClassOption();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex VariableName();
}
