// A folder of Buildroot's `package/` as a foreign recipe. Pure; nothing of it is run.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Reads packages of Buildroot's.</summary>
/// <remarks>Source of the meanings: Buildroot's manual, chapter "Adding new packages to Buildroot".</remarks>
public static partial class BuildrootReader
{
    private static readonly ImmutableSortedDictionary<string, string> Unmissed = new Dictionary<string, string>
    {
        ["LICENSE_FILES"] = "texts of licenses are not collected", ["REDISTRIBUTE"] = "texts of licenses are not collected", ["ACTUAL_SOURCE_TARBALL"] = "texts of licenses are not collected", ["ACTUAL_SOURCE_SITE"] = "texts of licenses are not collected",
        ["CPE_ID_VENDOR"] = "vulnerabilities are not looked up", ["CPE_ID_PRODUCT"] = "vulnerabilities are not looked up", ["CPE_ID_VALID"] = "vulnerabilities are not looked up", ["CPE_ID_VERSION"] = "vulnerabilities are not looked up", ["CPE_ID_UPDATE"] = "vulnerabilities are not looked up",
        ["CPE_ID_PREFIX"] = "vulnerabilities are not looked up", ["IGNORE_CVES"] = "vulnerabilities are not looked up", ["SELINUX_MODULES"] = "no image has SELinux", ["SUPPORTS_IN_SOURCE_BUILD"] = "each build has a folder of its own", ["INSTALL_STAGING"] = "what is installed serves the board and other recipes",
        ["INSTALL_TARGET"] = "packages say what comes into an image", ["INSTALL_IMAGES"] = "what is installed serves the board and other recipes", ["INSTALL_STAGING_OPTS"] = "what is installed serves the board and other recipes", ["CONFIG_SCRIPTS"] = "such scripts belong to the package `-dev`, and builds ask pkg-config",
        ["ADD_TOOLCHAIN_DEPENDENCY"] = "the compiler is in the tool root", ["DL_SUBDIR"] = "downloads are known by their hashes", ["GETTEXTIZE"] = "texts of programs are not translated", ["LIBTOOL_PATCH"] = "the sysroot needs no change in libtool", ["DL_OPTS"] = "downloads are known by their hashes",
        ["KCONFIG_EDITORS"] = "`./build.sh menuconfig` is the editor", ["KCONFIG_DEPENDENCIES"] = "the tool root has what menus need", ["KCONFIG_OPTS"] = "the tool root has what menus need", ["AUTORECONF_ENV"] = "autoreconf finds everything", ["AUTOPOINT"] = "autoreconf calls autopoint where it is needed", ["VERSION"] = "", ["GOMOD"] = "Go finds the module's name in `go.mod`",
        ["SOURCE"] = "it names a file of a repository", ["NEEDS_HOST_PYTHON"] = "the tool root has Python",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Reads a package.</summary>
    /// <param name="files">Its folder.</param>
    /// <param name="makefile">Its <c>.mk</c> file.</param>
    /// <exception cref="CommandLine.ProblemException">It is malformed, or nothing of it can be a recipe.</exception>
    public static ForeignRecipe Read(ForeignFiles files, string makefile)
    {
        var first = new ForeignPlace(makefile, 1);
        var name = new BuildrootName(ForeignFiles.NameOf(makefile)[..^".mk".Length]);
        var statements = MakeText.Parse(makefile, files.Text(makefile) ?? throw first.Refuse("The file cannot be read", "Name a `.mk` file, or the folder that has it"));
        var scope = new MakeScope(statements, name.Symbol, BuildrootWords.InLists(name));
        var declared = Declared(scope.Declarations, first, name);
        var found = new BuildrootFindings(name, declared.Place, scope, files) { IsHost = declared.Kind.StartsWith("host-", StringComparison.Ordinal) };
        var isModule = scope.Declarations.Exists(one => one.Kind == "kernel-module");
        var system = BuildrootSystems.SystemOf(declared.Kind) is { } known ? isModule && known == "script" ? "kernel-module" : known
            : throw declared.Place.Refuse($"Packages of the kind `{declared.Kind}` have no build system here", declared.Kind is "virtual-package" ? "Recipes that have it say `provides:`; write that into one of them" : "`./build.sh new recipe ADDRESS` looks at the sources themselves; or write the recipe by hand, with `build: { system: script, steps: ... }`");
        var version = BuildrootSources.Version(found);
        var sources = BuildrootSources.Sources(found, version).ToImmutableArray();
        var build = BuildrootSystems.Read(found, system);
        var subfolder = Subfolder(found, isModule);
        var steps = new BuildrootSteps(found, system, subfolder);
        var (before, all, after) = (steps.Before(), steps.All(), steps.After());
        var menu = files.Has("Config.in") ? ConfigText.Parse("Config.in", files.Text("Config.in")!) : ImmutableDictionary<string, ConfigEntry>.Empty;
        var needs = Needs(found).AddRange(RuntimeNeeds(found, menu));
        var recipe = new ForeignRecipe
        {
            Kind = "buildroot",
            Place = declared.Place,
            Name = name.Name.ToLowerInvariant(),
            Version = version,
            License = License(found),
            Summary = menu.GetValueOrDefault(name.Symbol) is { } entry ? Summary(entry) : null,
            Homepage = menu.GetValueOrDefault(name.Symbol)?.Help.Select(line => Page().Match(line)).LastOrDefault(match => match.Success)?.Value,
            Sources = sources,
            Patches = [.. BuildrootSources.Patches(found, version)],
            Needs = needs,
            Provides = [.. found.Words("PROVIDES").Where(word => word.When.IsAlways).Select(word => word.Text)],
            System = system,
            Subfolder = subfolder,
            Arguments = build.Arguments,
            Settings = build.Settings,
            Environment = BuildrootSystems.Environment(found, system),
            Before = before,
            Steps = all,
            After = after,
            Services = Services(found),
            Users = BuildrootAccounts.Users(found),
            Modes = BuildrootAccounts.Modes(found),
        };
        recipe = recipe with { Options = Options(recipe, found, menu), Files = [.. found.Taken] };
        Leftovers(found);
        foreach (var shown in menu.Values.Where(one => one.Symbol == name.Symbol || recipe.Options.Any(option => option.Name == BuildrootSymbols.OptionOf(one.Symbol, name.Symbol))).OrderBy(one => one.Place.Line))
            foreach (var (place, condition) in shown.Depends)
                found.Needless.Add(new(place, $"depends on {condition}", "menus show by it what can be chosen; what cannot be built fails"));
        return recipe with
        {
            Given = [.. scope.Given.Select(fact => $"`{fact}`")],
            Rest = [.. found.Rest.OrderBy(one => one.Place.File, StringComparer.Ordinal).ThenBy(one => one.Place.Line).Distinct()],
            Needless = [.. found.Needless],
        };
    }

    private static MakeStatement.Declaration Declared(List<MakeStatement.Declaration> declarations, ForeignPlace first, BuildrootName name) =>
        declarations.Find(one => !one.Kind.StartsWith("host-", StringComparison.Ordinal) && one.Kind.EndsWith("-package", StringComparison.Ordinal)) ?? declarations.Find(one => one.Kind.EndsWith("-package", StringComparison.Ordinal))
        ?? throw first.Refuse($"It declares no package: there is no `$(eval $(generic-package))` or the like for `{name.Name}`", "Name the folder of a package; files that only include others have nothing to import");

    private static string Subfolder(BuildrootFindings found, bool isModule)
    {
        var subfolder = found.Text("SUBDIR") ?? "";
        if (!isModule || found.Words("MODULE_SUBDIRS") is not { IsEmpty: false } folders)
            return subfolder.Trim('/');
        if (folders.Length > 1 || !folders[0].When.IsAlways)
            found.Tell("MODULE_SUBDIRS", new("a recipe has one folder of modules", "Write a recipe for each, or a Makefile around them by a patch"));
        return folders[0].Text is "." ? "" : folders[0].Text.Trim('/');
    }

    private static string? License(BuildrootFindings found)
    {
        if (!found.Scope.Has(found.Full("LICENSE")))
            return null;
        var value = found.Scope.Value(found.Full("LICENSE"), out var problem);
        if (value is null)
        {
            found.Tell("LICENSE", problem!);
            return null;
        }

        if (value.Plain is null)
            found.Tell("LICENSE", new("it depends on options, and a recipe has one license: all of them are named", "Leave out what never comes into your image"));
        var (license, unknown) = ForeignLicense.OfBuildroot(string.Concat(value.Pieces.Select(piece => piece.Text)));
        foreach (var one in unknown)
            found.Tell("LICENSE", new($"`{one}` is no name that SPDX is known to have", "Read the license, and write its identifier in place of `LicenseRef-...` where it has one"));
        return license;
    }

    private static ImmutableArray<ForeignNeed> Needs(BuildrootFindings found)
    {
        var needs = ImmutableArray.CreateBuilder<ForeignNeed>();
        foreach (var word in found.Words("DEPENDENCIES"))
            needs.Add(word.Text.StartsWith("host-", StringComparison.Ordinal)
                ? new(word.Text["host-".Length..], found.IsHost ? NeedKind.Library : NeedKind.Tool, word.When, word.Place)
                : new(word.Text, NeedKind.Library, word.When, word.Place));
        return needs.ToImmutable();
    }

    // What a menu selects for programs that run on the board, and nothing of the build asks for.
    private static IEnumerable<ForeignNeed> RuntimeNeeds(BuildrootFindings found, ImmutableDictionary<string, ConfigEntry> menu)
    {
        foreach (var entry in menu.Values.Where(entry => entry.Symbol == found.Name.Symbol).OrderBy(entry => entry.Place.Line))
            foreach (var (place, symbol, when, isRuntime) in entry.Selects.Where(select => select.IsRuntime))
                if (when is null && BuildrootSymbols.OptionOf(symbol, found.Name.Symbol) is { } name)
                    yield return new(name, NeedKind.Runtime, ForeignCondition.Always, place);
                else
                    found.Rest.Add(new(place, $"select {symbol} if {when}", new("it depends on the rest of Buildroot's configuration", "Add it to `requires:` of the package where it is needed")));
    }

    private static ImmutableArray<ForeignOption> Options(ForeignRecipe recipe, BuildrootFindings found, ImmutableDictionary<string, ConfigEntry> menu)
    {
        var asked = recipe.Arguments.Values.SelectMany(words => words).SelectMany(word => word.When.Options).Concat(recipe.Needs.SelectMany(need => need.When.Options)).Concat(recipe.Before.Concat(recipe.Steps).Concat(recipe.After).SelectMany(shell => shell.When.Options)).ToHashSet(StringComparer.Ordinal);
        var selected = menu.GetValueOrDefault(found.Name.Symbol)?.Selects.Where(select => select.When is null).Select(select => BuildrootSymbols.OptionOf(select.Symbol, found.Name.Symbol)).ToHashSet() ?? [];
        var own = menu.Values.Where(entry => entry.Symbol.StartsWith(found.Name.Symbol + "_", StringComparison.Ordinal)).GroupBy(entry => BuildrootSymbols.OptionOf(entry.Symbol, found.Name.Symbol) ?? "").ToDictionary(group => group.Key, group => group.First());
        var options = ImmutableArray.CreateBuilder<ForeignOption>();
        foreach (var name in asked.Order(StringComparer.Ordinal))
        {
            if (!own.TryGetValue(name, out var entry))
            {
                options.Add(new(name, $"What it has with Buildroot's {name}", selected.Contains(name), found.Place));
                continue;
            }

            options.Add(new(name, entry.Prompt is { Length: > 0 } prompt ? char.ToUpperInvariant(prompt[0]) + prompt[1..] : $"Buildroot's {entry.Symbol}", entry.Defaults is [("y", null), ..], entry.Place));
            if (entry.Defaults.Find(value => value.When is not null) is { When: { } when })
                found.Rest.Add(new(entry.Place, $"config {entry.Symbol}", new($"its default depends on `{when}`", $"The option `{name}` is {(entry.Defaults is [("y", null), ..] ? "on" : "off")} by itself; images switch it by `options:`")));
            if (entry.Choice is { } choice)
                found.Rest.Add(new(choice, "choice", new("options here do not exclude each other", "Let images switch on exactly one of them")));
            foreach (var (place, symbol, condition, _) in entry.Selects)
                if (BuildrootSymbols.OptionOf(symbol, found.Name.Symbol) is { } switched && asked.Contains(switched) && switched != name)
                    found.Rest.Add(new(place, $"select {symbol}{(condition is null ? "" : $" if {condition}")}", new($"an option switches no other one on: `{name}` needs `{switched}`", $"Let images that switch on `{name}` do so with `{switched}` too")));
        }

        return options.ToImmutable();
    }

    private static ImmutableArray<ForeignService> Services(BuildrootFindings found)
    {
        var services = ImmutableArray.CreateBuilder<ForeignService>();
        foreach (var file in found.Files.In("").Where(file => InitFile().IsMatch(file)))
        {
            if (InitScript.Translate(file, found.Files.Text(file)!, out var problem) is { } service)
            {
                services.Add(service);
                found.Needless.Add(new(service.Place, $"what else {file} does", "services log, wait and end in one way (docs/services.md)"));
            }

            if (problem is not null)
                found.Rest.Add(problem);
        }

        foreach (var suffix in new[] { "INSTALL_INIT_SYSV", "INSTALL_INIT_SYSTEMD", "INSTALL_INIT_OPENRC" })
            if (found.Scope.Defines.TryGetValue(found.Full(suffix), out var defines))
                found.Needless.Add(new(defines[0].Define.Place, found.Full(suffix), "`services:` says it for each init"));
        return services.ToImmutable();
    }

    // Everything that was set, and that nobody has asked for until now.
    private static void Leftovers(BuildrootFindings found)
    {
        const string ofHost = "it is about the variant for the build host, which `tools: [ \"recipe:NAME\" ]` builds of this recipe; `when: { host: true }` says where it differs";
        var host = $"HOST_{found.Name.Prefix}_";
        if (!found.IsHost)
            found.Needless.AddRange(found.Scope.Declarations.Where(one => one.Kind.StartsWith("host-", StringComparison.Ordinal)).Select(one => new Needless(one.Place, one.Kind, ofHost)));
        foreach (var (name, place) in found.Scope.Places.OrderBy(pair => pair.Value.Line))
        {
            var suffix = name.StartsWith($"{found.Name.Prefix}_", StringComparison.Ordinal) ? name[(found.Name.Prefix.Length + 1)..] : name;
            if (!found.IsHost && name.StartsWith(host, StringComparison.Ordinal))
                found.Needless.Add(new(place, name, ofHost));
            else if (found.Scope.Used.Contains(name))
                continue;
            else if (Unmissed.TryGetValue(suffix, out var why) && why.Length > 0)
                found.Needless.Add(new(place, name, why));
            else if (!found.Asked.Contains(suffix))
                found.Rest.Add(new(place, $"{name} = {string.Concat(found.Scope.Raw(name).Pieces.Select(piece => piece.Text))}", new("recipes have no key for it", "See what it is for in Buildroot's manual, and say it by hand if it is needed")));
        }

        var known = found.Asked.Select(suffix => $"{found.Name.Prefix}_{suffix}").ToHashSet(StringComparer.Ordinal);
        foreach (var define in found.Scope.Defines.Values.SelectMany(defines => defines).Where(define => !define.Define.Name.StartsWith(host, StringComparison.Ordinal) || found.IsHost))
            if (!known.Contains(define.Define.Name) && !found.Scope.Used.Contains(define.Define.Name) && !found.Scope.Places.Keys.Any(hooks => hooks.EndsWith("_HOOKS", StringComparison.Ordinal) && found.Scope.Raw(hooks).Pieces.Any(piece => piece.Text.Split(' ').Contains(define.Define.Name))))
                found.Rest.Add(new(define.Define.Place, $"define {define.Define.Name}", new("recipes have no step for it", "See what it does, and do it by hand if it is needed")));
    }

    private static string? Summary(ConfigEntry entry)
    {
        const int most = 90;
        var text = string.Join(' ', entry.Help.TakeWhile(line => line.Length > 0 || entry.Help.IndexOf(line) == 0).Where(line => line.Length > 0 && !Page().IsMatch(line)));
        var sentence = Sentence().Match(text) is { Success: true } match ? match.Groups[1].Value : text;
        return sentence.Length is > 0 and <= most ? sentence : entry.Prompt;
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Page();

    [GeneratedRegex(@"^(.*?)\.(\s|$)")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^S\d\d[A-Za-z0-9_.-]+$")]
    private static partial Regex InitFile();
}
