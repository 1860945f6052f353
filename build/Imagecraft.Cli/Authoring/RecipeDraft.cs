// A recipe as text, as people of this repository write them. Pure.

using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Cli.Authoring;

/// <summary>A package of a draft.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Files">Globs.</param>
/// <param name="Requires">Packages that it needs.</param>
public sealed record DraftPackage(string Name, ImmutableArray<string> Files, ImmutableArray<string> Requires);

/// <summary>What a draft says.</summary>
public sealed partial record RecipeDraft
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>SPDX expression.</summary>
    public required string License { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>The project's page.</summary>
    public string? Homepage { get; init; }

    /// <summary>Addresses of the one archive, the best first.</summary>
    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>Its SHA-256, or the commit.</summary>
    public required string Pin { get; init; }

    /// <summary>Recipes that it depends on.</summary>
    public ImmutableArray<string> Depends { get; init; } = [];

    /// <summary>Name of the build system.</summary>
    public required string System { get; init; }

    /// <summary>Further keys of <c>build:</c>.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Its packages.</summary>
    public ImmutableArray<DraftPackage> Packages { get; init; } = [];

    /// <summary>A program that is asked for its version on the board; null: none.</summary>
    public string? Program { get; init; }

    /// <summary>The document.</summary>
    /// <param name="schema">Path of the JSON Schema for editors, as the document sees it.</param>
    public string ToYaml(string schema)
    {
        var text = new StringBuilder($"# yaml-language-server: $schema={schema}\n");
        text.Append($"recipe: {Name}\nversion: {Quoted(Version)}\nlicense: {License}\n");
        if (Summary is { Length: > 0 } summary)
            text.Append($"summary: {Plain(summary)}\n");
        if (Homepage is { Length: > 0 } page)
            text.Append($"homepage: {page}\n");
        string Place(string address) => $"\"{WithVersion(address, Version)}\"";
        var commit = Addresses[0].StartsWith("git:", StringComparison.Ordinal);
        text.Append($"sources:\n  - url: {Place(Addresses[0])}\n");
        if (Addresses.Length > 1)
            text.Append($"    mirrors: [ {string.Join(", ", Addresses.Skip(1).Select(Place))} ]\n");
        text.Append($"    {(commit ? "commit" : "sha256")}: {Pin}\n");
        if (!Depends.IsEmpty)
            text.Append($"depends: {YamlEdit.Flow(Depends)}\n");
        text.Append(Keys.IsEmpty ? $"build: {{ system: {System} }}\n" : $"build:\n  system: {System}\n{string.Concat(Keys.Select(key => $"  {key}\n"))}");
        text.Append("packages:\n");
        foreach (var package in Packages)
            text.Append($"  - {{ name: {package.Name}, files: [ {string.Join(", ", package.Files.Select(Glob))} ]{(package.Requires.IsEmpty ? "" : $", requires: {YamlEdit.Flow(package.Requires)}")} }}\n");
        if (Program is { } program)
            text.Append($"checks:\n  - {{ name: version, run: \"{program} --version\", contains: [ \"$VERSION\" ] }}\n");
        return text.ToString();
    }

    // A bump then changes one line.
    internal static string WithVersion(string address, string version) => version.Length > 1 && version.Any(char.IsAsciiDigit)
        ? LongName().Replace(address.Replace(version, "$VERSION", StringComparison.Ordinal).Replace("$VERSION$VERSION", "$VERSION", StringComparison.Ordinal), "${VERSION}")
        : address;

    private static string Glob(string glob) => glob.Contains('*', StringComparison.Ordinal) ? $"\"{glob}\"" : glob;

    // What YAML would take for a number stays a text.
    internal static string Quoted(string version) => version.Count(c => c == '.') > 1 || version.Any(char.IsLetter) ? version : $"\"{version}\"";

    internal static string Plain(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length > 0 && char.IsLetter(line[0]) && !line.Contains(": ", StringComparison.Ordinal) && !line.Contains(" #", StringComparison.Ordinal) && !line.EndsWith(':') ? line : $"\"{line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    // What follows would be a part of the name.
    [GeneratedRegex(@"\$VERSION(?=[A-Za-z0-9_])")]
    private static partial Regex LongName();
}
