// How a package is built, by what declares it. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>What <c>build:</c> gets of a package.</summary>
internal sealed record BuildrootBuild(string System)
{
    /// <summary>Lists by key.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<ForeignWord>> Arguments { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<ForeignWord>>.Empty;

    /// <summary>Single values by key.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Reads the variables of Buildroot's package infrastructures.</summary>
internal static class BuildrootSystems
{
    private static readonly Reason NoPlace = new("the build system has no key for it", "Say it by another option of the build system, or by `environment:`");

    private static readonly ImmutableSortedDictionary<string, string> Systems = new Dictionary<string, string>
    {
        ["autotools-package"] = "autotools", ["cmake-package"] = "cmake", ["meson-package"] = "meson", ["generic-package"] = "script", ["kconfig-package"] = "kconfig", ["python-package"] = "python", ["golang-package"] = "go", ["cargo-package"] = "cargo",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The build system of what a package is declared as; null: recipes have none.</summary>
    public static string? SystemOf(string kind) => Systems.GetValueOrDefault(kind.StartsWith("host-", StringComparison.Ordinal) ? kind["host-".Length..] : kind);

    /// <summary>Reads what the system takes.</summary>
    public static BuildrootBuild Read(BuildrootFindings found, string system) => system switch
    {
        "autotools" => Autotools(found),
        "cmake" or "meson" => new(system) { Arguments = Lists(("options", found.Words("CONF_OPTS"))) },
        "kconfig" => Kconfig(found),
        "python" => Python(found),
        "go" => new(system) { Arguments = Lists(("programs", [.. found.Words("BUILD_TARGETS").Select(Program)]), ("tags", found.Words("TAGS")), ("linker-flags", found.Words("LDFLAGS"))) },
        "cargo" => new(system) { Arguments = Lists(("arguments", found.Words("CARGO_BUILD_OPTS"))) },
        "kernel-module" => new(system) { Arguments = Lists(("make", found.Words("MODULE_MAKE_OPTS"))) },
        _ => new(system),
    };

    /// <summary>Words that configuring sees as variables.</summary>
    public static ImmutableSortedDictionary<string, string> Environment(BuildrootFindings found, string system)
    {
        var set = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var suffix in system is "autotools" ? ["MAKE_ENV"] : new[] { "CONF_ENV", "MAKE_ENV", "ENV", "GO_ENV", "CARGO_ENV" })
            foreach (var word in found.Words(suffix))
                if (word.When.IsAlways && word.Text.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign && word.Text[..sign].All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !set.ContainsKey(word.Text[..sign]))
                    set.Add(word.Text[..sign], word.Text[(sign + 1)..]);
                else
                    found.Rest.Add(new(word.Place, $"{found.Full(suffix)}: {word.Text}", word.When.IsAlways ? NoPlace : new("a variable of the environment has no condition here", "Decide it by hand: `environment:`")));
        return set.ToImmutable();
    }

    private static BuildrootBuild Autotools(BuildrootFindings found)
    {
        // Arguments of the form NAME=VALUE are variables of configure, and of nothing else.
        var configure = found.Words("CONF_OPTS").AddRange(found.Words("CONF_ENV"));
        var (make, install) = Makes(found);
        return new("autotools") { Arguments = Lists(("configure", configure), ("make", make), ("install", install)) };
    }

    private static (ImmutableArray<ForeignWord> Make, ImmutableArray<ForeignWord> Install) Makes(BuildrootFindings found)
    {
        var make = found.Words("MAKE_OPTS");
        if (found.Scope.Has(found.Full("MAKE")))
        {
            if (found.Scope.Raw(found.Full("MAKE")).Plain == "$(MAKE1)")
                make = make.Insert(0, new("-j1", ForeignCondition.Always, found.PlaceOf("MAKE")));
            else
                found.Tell("MAKE", NoPlace);
        }

        var install = found.Words("INSTALL_TARGET_OPTS").RemoveAll(word => word.Text == "DESTDIR=${DESTDIR}");
        return (make, install is [{ Text: "install", When.IsAlways: true }] ? [] : install);
    }

    private static BuildrootBuild Kconfig(BuildrootFindings found)
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var file = found.Text("KCONFIG_FILE");
        var own = $"package/{found.Name.Name}/";
        if (found.Text("KCONFIG_DEFCONFIG") is { Length: > 0 } target && !target.Contains('$', StringComparison.Ordinal))
            settings["config"] = target;
        else if (file is not null && file.StartsWith(own, StringComparison.Ordinal) && found.Files.Has(file[own.Length..]))
            settings["config"] = file[own.Length..];
        else
        {
            settings["config"] = "defconfig";
            found.Rest.Add(new(found.PlaceOf("KCONFIG_FILE"), found.Full("KCONFIG_FILE"), new("the file is chosen in Buildroot's configuration", "Copy it beside the recipe, and write `config: FILE`; `defconfig` stands there until then")));
        }

        if (found.Scope.Has(found.Full("KCONFIG_FRAGMENT_FILES")))
            found.Tell("KCONFIG_FRAGMENT_FILES", new("the files are chosen in Buildroot's configuration", "Copy them beside the recipe, and write `fragments:`"));
        if (found.Scope.Defines.TryGetValue(found.Full("KCONFIG_FIXUP_CMDS"), out var fixups))
            found.Rest.AddRange(fixups.Select(fixup => new Untranslated(fixup.Define.Place, $"define {fixup.Define.Name}", new("symbols that are set by commands of Buildroot's", "Write them into a file, and list it in `fragments:`"))));
        found.Full("KCONFIG_FIXUP_CMDS");
        var (make, install) = Makes(found);
        return new("kconfig") { Arguments = Lists(("make", make), ("install", install)), Settings = settings.ToImmutable() };
    }

    private static BuildrootBuild Python(BuildrootFindings found)
    {
        var type = found.Text("SETUP_TYPE");
        if (type is not (null or "setuptools" or "pep517" or "flit" or "flit-bootstrap" or "hatch" or "poetry" or "distutils"))
            throw found.PlaceOf("SETUP_TYPE").Refuse($"Python packages of the kind `{type}` have no build system here", "Write the recipe by hand, with `build: { system: script, steps: ... }`");
        return new("python") { Arguments = Lists(("settings", found.Words("BUILD_OPTS"))) };
    }

    private static ForeignWord Program(ForeignWord word) => word with { Text = word.Text is "." ? "." : $"./{word.Text.TrimStart('.', '/')}" };

    private static ImmutableSortedDictionary<string, ImmutableArray<ForeignWord>> Lists(params IEnumerable<(string Key, ImmutableArray<ForeignWord> Words)> lists) =>
        lists.Where(list => !list.Words.IsEmpty).ToImmutableSortedDictionary(list => list.Key, list => list.Words, StringComparer.Ordinal);
}
