// What the pkg-config files that sources install say of them. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>Fields of <c>NAME.pc.in</c>.</summary>
/// <remarks>Source: pkg-config(1), `Metadata file syntax`.</remarks>
public static class PkgConfigFiles
{
    /// <summary>One line about the program; null: no file says so.</summary>
    public static string? SummaryOf(SourceView sources, string name) => Field(sources, name, "Description");

    /// <summary>Its page; null: no file says so.</summary>
    public static string? PageOf(SourceView sources, string name) => Field(sources, name, "URL") is { } address && address.StartsWith("http", StringComparison.Ordinal) ? address : null;

    // The file that is named like the program goes first; what waits to be filled in says nothing.
    private static string? Field(SourceView sources, string name, string field) => sources.Files
        .Where(file => file.EndsWith(".pc.in", StringComparison.Ordinal) || file.EndsWith(".pc", StringComparison.Ordinal))
        .OrderByDescending(file => Path.GetFileName(file).Contains(name, StringComparison.OrdinalIgnoreCase)).ThenBy(file => file.Length).ThenBy(file => file, StringComparer.Ordinal)
        .Select(file => Regex.Match(sources.Text(file), $@"(?m)^{field}:[ \t]*(\S.*?)\s*$").Groups[1].Value)
        .FirstOrDefault(value => value.Length > 0 && !value.Contains('@', StringComparison.Ordinal) && !value.Contains('$', StringComparison.Ordinal));
}
