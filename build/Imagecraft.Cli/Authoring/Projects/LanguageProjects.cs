// Programs in Rust, Go, Python and JavaScript, by the files that their languages want. Pure.

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring.Projects;

internal static partial class LanguageProjects
{
    public static ProjectFacts? Rust(SourceView sources)
    {
        if (!sources.Has("Cargo.toml"))
            return null;
        var package = Section(sources.Text("Cargo.toml"), "package");
        var hasLock = sources.Has("Cargo.lock");
        return new()
        {
            System = "cargo",
            Keys = hasLock ? ["crates: Cargo.lock"] : [],
            LockFiles = hasLock ? ["Cargo.lock"] : [],
            Name = Field(package, "name"),
            Version = Field(package, "version") ?? Field(Section(sources.Text("Cargo.toml"), "workspace.package"), "version"),
            License = Field(package, "license")?.Replace("/", " OR ", StringComparison.Ordinal),
            Summary = Field(package, "description"),
            Homepage = Field(package, "homepage") ?? Field(package, "repository"),
            Doubts = hasLock ? [] : ["The sources have no `Cargo.lock`: make one by `cargo generate-lockfile`, put it beside the recipe and add `crates: Cargo.lock`"],
        };
    }

    public static ProjectFacts? Go(SourceView sources)
    {
        if (!sources.Has("go.mod"))
            return null;
        var module = Module().Match(sources.Text("go.mod")) is { Success: true } told ? told.Groups[1].Value.Trim('"') : "";
        var programs = sources.Files.Where(path => path.EndsWith(".go", StringComparison.Ordinal) && !path.EndsWith("_test.go", StringComparison.Ordinal) && !path.StartsWith("vendor/", StringComparison.Ordinal) && !path.Contains("/testdata/", StringComparison.Ordinal))
            .Select(path => Path.GetDirectoryName(path)!).Distinct().Where(folder => folder.Length == 0 || folder.StartsWith("cmd/", StringComparison.Ordinal))
            .Where(folder => sources.Files.Any(path => Path.GetDirectoryName(path) == folder && path.EndsWith(".go", StringComparison.Ordinal) && MainPackage().IsMatch(sources.Text(path)))).Order(StringComparer.Ordinal).ToList();
        var brings = sources.Files.Any(path => path.StartsWith("vendor/", StringComparison.Ordinal));
        var hasSums = sources.Has("go.sum") && !brings;
        return new()
        {
            System = "go",
            Keys = [.. programs is [] or [""] ? ImmutableArray<string>.Empty : [$"programs: [ {string.Join(", ", programs.Select(folder => folder.Length == 0 ? "." : $"./{folder}"))} ]"], .. hasSums ? ImmutableArray.Create("modules: go.sum") : []],
            LockFiles = hasSums ? ["go.sum"] : [],
            Name = module.Split('/').Where(part => !MajorVersion().IsMatch(part)).LastOrDefault() is { Length: > 0 } last ? last : null,
            Homepage = module.Contains('.', StringComparison.Ordinal) ? $"https://{module}" : null,
            Doubts = programs.Count == 0 ? ["No `package main` was found at the root or in `cmd/`: name the programs by `programs:`"] : [],
        };
    }

    public static ProjectFacts? Python(SourceView sources)
    {
        if (!sources.Has("pyproject.toml") && !sources.Has("setup.py"))
            return null;
        var (project, old) = (Section(sources.Text("pyproject.toml"), "project"), sources.Text("setup.py") + "\n" + sources.Text("setup.cfg"));
        var known = PackageInformation(sources);
        string? Old(string name) => Regex.Match(old, $@"(?m)\b{name}\s*=\s*[""']?([^""',\n()]+)[""']?") is { Success: true } match ? match.Groups[1].Value.Trim() : null;
        return new()
        {
            System = "python",
            Name = Field(project, "name") ?? known.GetValueOrDefault("Name") ?? Old("name"),
            Version = Field(project, "version") ?? known.GetValueOrDefault("Version") ?? Old("version"),
            License = Field(project, "license") ?? known.GetValueOrDefault("License-Expression"),
            Summary = Field(project, "description") ?? known.GetValueOrDefault("Summary"),
            Homepage = known.GetValueOrDefault("Home-page"),
            Needs = [.. Requirements(project).Select(name => new Need(name, false))],
        };
    }

    public static ProjectFacts? Node(SourceView sources)
    {
        // Libraries in C have one too, for those who take them from npm.
        if (!sources.Has("package.json") || !sources.Files.Any(file => Script().IsMatch(file) && !Aside().IsMatch(file)))
            return null;
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(sources.Text("package.json")).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }

        string? Text(string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var programs = root.TryGetProperty("bin", out var bin) ? bin.ValueKind == JsonValueKind.String ? [(Name: Text("name")?.Split('/')[^1] ?? "", Path: bin.GetString()!)] : bin.ValueKind == JsonValueKind.Object ? bin.EnumerateObject().Select(entry => (entry.Name, Path: entry.Value.GetString() ?? "")).ToArray() : [] : [];
        var hasLock = sources.Has("package-lock.json");
        return new()
        {
            System = "node",
            Keys = [.. hasLock ? ImmutableArray.Create("modules: package-lock.json") : [], .. programs.Length == 0 ? ImmutableArray<string>.Empty : [$"programs: {{ {string.Join(", ", programs.Select(program => $"{program.Name}: {(program.Path.StartsWith("./", StringComparison.Ordinal) ? program.Path[2..] : program.Path)}"))} }}"]],
            LockFiles = hasLock ? ["package-lock.json"] : [],
            Name = Text("name")?.Split('/')[^1],
            Version = Text("version"),
            License = Text("license"),
            Summary = Text("description"),
            Homepage = Text("homepage"),
            Doubts = !hasLock && root.TryGetProperty("dependencies", out var needs) && needs.ValueKind == JsonValueKind.Object && needs.EnumerateObject().Any() ? ["The sources have dependencies and no `package-lock.json`: make one by `npm install --package-lock-only`, put it beside the recipe and add `modules: package-lock.json`"] : [],
        };
    }

    // Lines `Name: value` of what a source distribution brings.
    private static Dictionary<string, string> PackageInformation(SourceView sources) => sources.Text("PKG-INFO").Split('\n').TakeWhile(line => line.Trim().Length > 0)
        .Select(line => line.Split(": ", 2)).Where(parts => parts.Length == 2).GroupBy(parts => parts[0]).ToDictionary(group => group.Key, group => group.First()[1].Trim(), StringComparer.Ordinal);

    private static IEnumerable<string> Requirements(string project) => Regex.Match(project, @"(?ms)^dependencies\s*=\s*\[(.*?)^?\]") is { Success: true } list
        ? Regex.Matches(list.Groups[1].Value, @"[""']([A-Za-z0-9_.-]+)").Select(match => match.Groups[1].Value) : [];

    // The lines of a table of TOML.
    private static string Section(string toml, string name) => Regex.Match(toml, $@"(?ms)^\[{Regex.Escape(name)}\]\s*$(.*?)(?=^\[|\z)").Groups[1].Value;

    private static string? Field(string section, string name) => Regex.Match(section, $@"(?m)^{name}\s*=\s*(?:\{{\s*text\s*=\s*)?[""']([^""']+)[""']") is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"\.[cm]?[jt]sx?$")]
    private static partial Regex Script();

    [GeneratedRegex(@"(^|/)(tests?|docs?|examples?|benchmarks?|node_modules|scripts)/")]
    private static partial Regex Aside();

    [GeneratedRegex(@"(?m)^module\s+(\S+)")]
    private static partial Regex Module();

    [GeneratedRegex(@"(?m)^package main\b")]
    private static partial Regex MainPackage();

    [GeneratedRegex(@"^v\d+$")]
    private static partial Regex MajorVersion();
}
