// An imported recipe as text, with what was not translated in comments. Pure.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Cli.Authoring;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Cli.Importing;

/// <summary>Writes imported recipes.</summary>
public static class ImportedYaml
{
    private const int LongestQuote = 200;

    private static readonly ImmutableArray<string> OwnNames = ["ARCH", "CROSS_COMPILE", "LIBDIR", "TRIPLET", "VERSION"];

    /// <summary>The document.</summary>
    /// <param name="recipe">What is written.</param>
    /// <param name="packages">Its packages.</param>
    /// <param name="schema">Path of the JSON Schema for editors, as the document sees it.</param>
    public static string Write(ImportedRecipe recipe, ImmutableArray<DraftPackage> packages, string schema)
    {
        var foreign = recipe.Foreign;
        var text = new StringBuilder($"# yaml-language-server: $schema={schema}\n");
        Comments(text, recipe);
        text.Append($"recipe: {foreign.Name}\nversion: {RecipeDraft.Quoted(foreign.Version)}\nlicense: {foreign.License ?? "NOASSERTION"}\n");
        if (foreign.Summary is { Length: > 0 } summary)
            text.Append($"summary: {RecipeDraft.Plain(summary)}\n");
        if (foreign.Homepage is { Length: > 0 } page)
            text.Append($"homepage: {Scalar(page.Replace("$", "$$", StringComparison.Ordinal))}\n");
        Sources(text, foreign);
        if (!foreign.Patches.IsEmpty)
            text.Append($"patches:\n{string.Concat(foreign.Patches.Select(patch => $"  - {Scalar(ForeignFiles.NameOf(patch))}\n"))}");
        if (!foreign.Provides.IsEmpty)
            text.Append($"provides: {YamlEdit.Flow(foreign.Provides)}\n");
        if (!foreign.Options.IsEmpty)
            text.Append($"options:\n{string.Concat(foreign.Options.Select(option => $"  {Scalar(option.Name)}: {{ summary: {Scalar(option.Summary)}, default: {(option.IsOn ? "true" : "false")} }}\n"))}");
        List(text, "", "depends", recipe.Depends.Select(one => new ForeignWord(one.Name, one.When, foreign.Place)));
        text.Append($"build:\n  system: {foreign.System}\n");
        List(text, "  ", "tools", recipe.Tools.Select(one => new ForeignWord(one.Name, one.When, foreign.Place)));
        if (foreign.Subfolder.Length > 0)
            text.Append($"  subfolder: {Scalar(foreign.Subfolder)}\n");
        foreach (var (key, value) in foreign.Settings)
            text.Append($"  {key}: {Scalar(value)}\n");
        foreach (var (key, words) in foreign.Arguments)
            List(text, "  ", key, words);
        if (!foreign.Environment.IsEmpty)
            text.Append($"  environment:\n{string.Concat(foreign.Environment.Select(pair => $"    {pair.Key}: {Scalar(pair.Value)}\n"))}");
        Shell(text, "before", foreign.Before);
        if (foreign.System == "script")
            Shell(text, "steps", foreign.Steps.IsEmpty ? [new(":", ForeignCondition.Always, foreign.Place)] : WithoutOwnNames(foreign.Steps));
        Shell(text, "after", foreign.After);
        Packages(text, recipe, packages);
        foreach (var user in foreign.Users)
            text.Append($"{(user == foreign.Users[0] ? "users:\n" : "")}  - {{ name: {user.Name}, id: {user.Id}{(user.Home is { } home ? $", home: {Scalar(home)}" : "")}{(user.Shell is { } shell ? $", shell: {Scalar(shell)}" : "")}, locked: true }}\n");
        foreach (var service in foreign.Services)
            text.Append($"{(service == foreign.Services[0] ? "services:\n" : "")}  - name: {service.Name}\n    run: |\n{Block(service.Run, "      ")}{(service.Kind is { } kind ? $"    kind: {kind}\n" : "")}{(service.User is { } user ? $"    user: {user}\n" : "")}");
        return text.ToString();
    }

    /// <summary>What was not translated, as a line of people's.</summary>
    public static string Line(Untranslated rest)
    {
        var quoted = string.Join(' ', rest.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{rest.Place}: `{(quoted.Length > LongestQuote ? $"{quoted[..LongestQuote]} ..." : quoted)}`: {rest.Reason.Why}. {rest.Reason.Remedy}";
    }

    /// <summary>What nobody misses, a line for each cause.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Needless> needless) =>
        needless.GroupBy(one => one.Why).Select(group => $"[{string.Join(", ", group.Select(one => $"{one.Name} ({one.Place})"))}]: {group.Key}");

    private static void Comments(StringBuilder text, ImportedRecipe recipe)
    {
        var kind = recipe.Foreign.Kind;
        text.Append($"# From {recipe.Foreign.Place.File} by `import {kind}`; docs/importing.md tells how to go on.\n");
        foreach (var rest in recipe.Rest)
            text.Append($"# {kind} {Line(rest)}\n");
        if (!recipe.Foreign.Given.IsEmpty)
            text.Append($"# {kind}: taken as given: {string.Join("; ", recipe.Foreign.Given)}\n");
        foreach (var line in Lines(recipe.Foreign.Needless))
            text.Append($"# {kind}: left out {line}\n");
    }

    private static void Sources(StringBuilder text, ForeignRecipe foreign)
    {
        var pinned = foreign.Sources.Where(source => source.Pin is not null).ToList();
        if (pinned.Count > 0 || !foreign.Files.IsEmpty)
            text.Append("sources:\n");
        foreach (var source in pinned)
            text.Append($"  - url: \"{RecipeDraft.WithVersion(source.Url, foreign.Version)}\"\n{Mirrors(source, foreign)}    {(source.Url.StartsWith("git:", StringComparison.Ordinal) ? "commit" : "sha256")}: {source.Pin}\n{More(source, "    ")}");
        foreach (var file in foreign.Files)
            text.Append($"  - {{ url: {Scalar($"file:{ForeignFiles.NameOf(file)}")}, unpack: false, into: imported }}\n");
        foreach (var source in foreign.Sources.Where(source => source.Pin is null))
            text.Append($"# What is to be written once its hash is known, in `sources:`:\n#   - url: \"{RecipeDraft.WithVersion(source.Url, foreign.Version)}\"\n#     sha256:\n{More(source, "#     ")}");
    }

    private static string Mirrors(ForeignSource source, ForeignRecipe foreign) =>
        source.Mirrors.IsEmpty ? "" : $"    mirrors: [ {string.Join(", ", source.Mirrors.Select(mirror => $"\"{RecipeDraft.WithVersion(mirror, foreign.Version)}\""))} ]\n";

    private static string More(ForeignSource source, string indent) =>
        $"{(source.Strip is { } strip ? $"{indent}strip: {strip}\n" : "")}{(source.Into.Length > 0 ? $"{indent}into: {Scalar(source.Into)}\n" : "")}{(source.IsPlain ? $"{indent}unpack: false\n" : "")}";

    private static void List(StringBuilder text, string indent, string key, IEnumerable<ForeignWord> words)
    {
        var all = words.ToList();
        if (all.Count == 0)
            return;
        if (all.TrueForAll(word => word.When.IsAlways) && all.Sum(word => word.Text.Length + 4) <= 100)
        {
            text.Append($"{indent}{key}: [ {string.Join(", ", all.Select(word => Scalar(word.Text)))} ]\n");
            return;
        }

        text.Append($"{indent}{key}:\n");
        for (var at = 0; at < all.Count; at++)
        {
            var word = all[at];
            // An argument and what stands in its place belong together.
            var contrary = at + 1 < all.Count && word.When.IsSimple && !word.When.IsAlways && all[at + 1].When.Equals(word.When.Negated()) ? all[++at] : null;
            text.Append($"{indent}  - {word.When.Around(Scalar(word.Text), contrary is null ? null : Scalar(contrary.Text))}\n");
        }
    }

    private static void Shell(StringBuilder text, string key, ImmutableArray<ForeignShell> shells)
    {
        if (shells.IsEmpty)
            return;
        if (shells.All(shell => shell.When.IsAlways))
        {
            var all = Joined(shells);
            text.Append(all.AsSpan().ContainsAny('\n', '"', '\\') ? $"  {key}: |\n{Block(all, "    ")}" : $"  {key}: {Scalar(all)}\n");
            return;
        }

        var when = shells.Select(shell => shell.When).First(one => !one.IsAlways && one.IsSimple);
        var otherwise = Joined(shells.Where(shell => !shell.When.Equals(when)));
        // `{ value: X, when: W }` in block style.
        var condition = when.Around("X");
        text.Append($"  {key}:\n    {condition[condition.IndexOf("when:", StringComparison.Ordinal)..^2]}\n    value: |\n{Block(Joined(shells.Where(shell => shell.When.IsAlways || shell.When.Equals(when))), "      ")}");
        if (otherwise.Length > 0)
            text.Append($"    otherwise: |\n{Block(otherwise, "      ")}");
    }

    // Makefiles read names from the environment that the foreign systems do not set there.
    private static ImmutableArray<ForeignShell> WithoutOwnNames(ImmutableArray<ForeignShell> steps)
    {
        var unused = OwnNames.Where(name => !steps.Any(step => step.Text.Contains($"${{{name}}}", StringComparison.Ordinal))).ToList();
        return unused.Count > 0 && steps.Any(step => step.Text.Contains("make", StringComparison.Ordinal)) ? steps.Insert(0, new($"unset {string.Join(' ', unused)}", ForeignCondition.Always, steps[0].Place)) : steps;
    }

    // The folder of the sources is said once.
    private static string Joined(IEnumerable<ForeignShell> shells)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return string.Join('\n', shells.SelectMany(shell => shell.Text.Split('\n')).Where(line => !line.StartsWith($"{ShellWriter.SourceVariable}=", StringComparison.Ordinal) || seen.Add(line)));
    }

    private static string Block(string text, string indent) => string.Concat(text.Split('\n').Select(line => line.Trim().Length == 0 ? "\n" : $"{indent}{line.TrimEnd()}\n"));

    private static void Packages(StringBuilder text, ImportedRecipe recipe, ImmutableArray<DraftPackage> packages)
    {
        text.Append("packages:\n");
        foreach (var package in packages)
        {
            var files = package.Files.Select(glob => $"\"{glob.Replace("$", "$$", StringComparison.Ordinal)}\"");
            // What the foreign recipe says of files and needs is for its programs.
            var isMain = package == packages[^1];
            var modes = isMain ? recipe.Foreign.Modes : [];
            var requires = package.Requires.Select(Scalar).Concat(isMain ? recipe.Sometimes.Where(one => !package.Requires.Contains(one.Name)).Select(one => one.When.Around(Scalar(one.Name))) : []).ToList();
            text.Append($"  - {{ name: {package.Name}, files: [ {string.Join(", ", files)} ]{(requires.Count == 0 ? "" : $", requires: [ {string.Join(", ", requires)} ]")}{(modes.IsEmpty ? "" : $", attributes: [ {string.Join(", ", modes.Select(mode => $"{{ path: {Scalar(mode.Path)}, mode: \"{mode.Mode}\" }}"))} ]")} }}\n");
        }
    }

    // In quotes unless it is plainly a word.
    private static string Scalar(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '=' or '+') && (char.IsAsciiLetter(text[0]) || (text.Length > 2 && text[0] == '-' && text[1] != ' ' && text != "---") || text[0] == '/') && text is not ("true" or "false" or "yes" or "no" or "null" or "on" or "off" or "y" or "n")
            ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
