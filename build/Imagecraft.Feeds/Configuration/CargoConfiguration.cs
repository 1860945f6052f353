// Reads which registry Cargo is told to use. Unaware of crates.

namespace Imagecraft.Feeds.Configuration;

internal static class CargoConfiguration
{
    private const int MostReplacements = 10;

    /// <summary>The registry that stands for crates.io by `replace-with`, as it is written there; null when a file names none.</summary>
    /// <remarks>Source: The Cargo Book, Source Replacement. Of TOML, tables and lines of the form `key = "value"` are read.</remarks>
    public static string? Registry(string path)
    {
        if (!File.Exists(path)) return null;
        var tables = Tables(File.ReadLines(path));
        var name = "crates-io";
        for (var step = 0; step < MostReplacements && Value($"source.{name}", "replace-with") is { } next; step++) name = next;
        return name == "crates-io" ? null : Value($"source.{name}", "registry") ?? Value($"registries.{name}", "index");

        string? Value(string table, string key) => tables.TryGetValue((table, key), out var value) ? value : null;
    }

    private static Dictionary<(string Table, string Key), string> Tables(IEnumerable<string> lines)
    {
        var values = new Dictionary<(string, string), string>();
        var table = "";
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
                table = line.Trim('[', ']').Replace("\"", "", StringComparison.Ordinal).Trim();
            else if (line.Split('=', 2) is [var key, var value] && value.Trim() is ['"', .. var text, '"'])
                values[(table, key.Trim())] = text;
        }

        return values;
    }
}
