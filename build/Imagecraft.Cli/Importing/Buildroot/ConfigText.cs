// Buildroot's `Config.in`: prompts, defaults and help of options. Unaware of what is selected.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>An entry of a menu.</summary>
internal sealed record ConfigEntry(ForeignPlace Place, string Symbol)
{
    /// <summary>What the menu shows; null: nothing.</summary>
    public string? Prompt { get; set; }

    /// <summary>Its defaults: value and condition.</summary>
    public List<(string Value, string? When)> Defaults { get; } = [];

    /// <summary>What it is shown for.</summary>
    public List<(ForeignPlace Place, string Condition)> Depends { get; } = [];

    /// <summary>What it switches on, with the condition and whether a comment says that only the board needs it.</summary>
    public List<(ForeignPlace Place, string Symbol, string? When, bool IsRuntime)> Selects { get; } = [];

    /// <summary>Lines of its help.</summary>
    public List<string> Help { get; } = [];

    /// <summary>The first line of the choice that it belongs to; null: it is in none.</summary>
    public ForeignPlace? Choice { get; init; }
}

/// <summary>Reads menus.</summary>
internal static partial class ConfigText
{
    /// <summary>The entries of a file by symbol.</summary>
    public static ImmutableDictionary<string, ConfigEntry> Parse(string file, string text)
    {
        var entries = new Dictionary<string, ConfigEntry>(StringComparer.Ordinal);
        ConfigEntry? open = null;
        ForeignPlace? choice = null;
        var defaults = new List<string>();
        int? help = null;
        foreach (var (place, raw) in ForeignLine.Of(file, text))
        {
            var depth = Depth(raw);
            if (help is not null && (raw.Trim().Length == 0 || depth >= Math.Max(1, help.Value)))
            {
                help = help == 0 && raw.Trim().Length > 0 ? depth : help;
                open?.Help.Add(raw.Trim());
                continue;
            }

            help = null;
            var line = raw.Trim();
            if (Entry().Match(line) is { Success: true } entry)
                entries.TryAdd(entry.Groups[1].Value, open = new(place, entry.Groups[1].Value) { Choice = choice });
            else if (line == "choice")
                (choice, open, defaults) = (place, null, []);
            else if (line == "endchoice")
            {
                foreach (var symbol in defaults)
                    if (entries.TryGetValue(symbol, out var chosen))
                        chosen.Defaults.Add(("y", null));
                (choice, open) = (null, null);
            }
            else if (line is "help" or "---help---")
                help = 0;
            else if (open is null && choice is not null && Default().Match(line) is { Success: true } chosen && !chosen.Groups["when"].Success)
                defaults.Add(chosen.Groups["value"].Value);
            else if (Block().IsMatch(line))
                open = null;
            else if (open is not null)
                Attribute(open, line, place);
        }

        return entries.ToImmutableDictionary(StringComparer.Ordinal);
    }

    private static void Attribute(ConfigEntry entry, string line, ForeignPlace place)
    {
        if (Prompt().Match(line) is { Success: true } prompt)
            entry.Prompt = prompt.Groups[1].Value;
        else if (Default().Match(line) is { Success: true } value)
            entry.Defaults.Add((value.Groups["value"].Value, value.Groups["when"].Success ? value.Groups["when"].Value : null));
        else if (line.StartsWith("depends on ", StringComparison.Ordinal))
            entry.Depends.Add((place, line["depends on ".Length..].Split('#')[0].Trim()));
        else if (Select().Match(line) is { Success: true } select)
            entry.Selects.Add((place, select.Groups["symbol"].Value, select.Groups["when"].Success ? select.Groups["when"].Value.Trim() : null, select.Groups["comment"].Value.Contains("runtime", StringComparison.Ordinal)));
    }

    private static int Depth(string line)
    {
        const int tab = 8;
        var depth = 0;
        foreach (var c in line)
        {
            if (c is not (' ' or '\t'))
                break;
            depth += c == '\t' ? tab - depth % tab : 1;
        }

        return depth;
    }

    [GeneratedRegex(@"^(?:menu)?config\s+([A-Za-z0-9_]+)")]
    private static partial Regex Entry();

    [GeneratedRegex(@"^(if|endif|menu|endmenu|comment|source)\b")]
    private static partial Regex Block();

    [GeneratedRegex("^(?:bool|prompt|string|tristate|int)\\s+\"([^\"]*)\"")]
    private static partial Regex Prompt();

    [GeneratedRegex(@"^default\s+(?<value>\S+)(\s+if\s+(?<when>.*))?", RegexOptions.ExplicitCapture)]
    private static partial Regex Default();

    [GeneratedRegex(@"^select\s+(?<symbol>[A-Za-z0-9_]+)(\s+if\s+(?<when>[^#]*))?(?<comment>#.*)?", RegexOptions.ExplicitCapture)]
    private static partial Regex Select();
}
