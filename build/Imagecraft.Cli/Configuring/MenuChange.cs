// What somebody changed in a configuration, as the lines of a fragment that asks for it. Unaware of files and menus.

using System.Collections.Immutable;
using Imagecraft.BuiltIns.Configuration;

namespace Imagecraft.Cli.Configuring;

/// <summary>A configuration in full, and in the fewest lines that give it where its program can tell them.</summary>
/// <param name="All">Every symbol that can be seen, in the order of the menu.</param>
/// <param name="Least">The fewest lines, or null.</param>
public sealed record Configuration(ImmutableArray<ConfigSymbol> All, ImmutableArray<ConfigSymbol>? Least)
{
    /// <summary>Reads the texts of both files.</summary>
    public static Configuration Parse(string all, string? least) => new(ConfigSymbol.Parse(all, out _), least is null ? null : ConfigSymbol.Parse(least, out _));
}

/// <summary>Who asks for a symbol now.</summary>
/// <param name="Symbol">Its name, without <c>CONFIG_</c>.</param>
/// <param name="Value">The value that is asked for.</param>
/// <param name="Fragment">The fragment whose word counts, relative to the workspace.</param>
public sealed record AskedSymbol(string Symbol, string Value, string Fragment)
{
    /// <summary>Reads the lines that merged fragments come with.</summary>
    public static ImmutableDictionary<string, AskedSymbol> Parse(string contract) => contract.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('\t')).ToImmutableDictionary(parts => parts[0], parts => new AskedSymbol(parts[0], parts[1], parts[2]), StringComparer.Ordinal);
}

/// <summary>Compares two configurations of one program.</summary>
public static class MenuChange
{
    private const string No = "n";

    /// <summary>
    /// The symbols to ask for so that <paramref name="before"/> becomes <paramref name="after"/>, in the order of the menu; those that follow by themselves are left out where the program can
    /// tell which these are. What fragments ask for and is gone is asked for as <c>n</c>, because they would complain.
    /// </summary>
    /// <param name="before">As it is built.</param>
    /// <param name="after">As it was left.</param>
    /// <param name="asked">What fragments ask for, by symbol.</param>
    public static ImmutableArray<ConfigSymbol> Between(Configuration before, Configuration after, IReadOnlyDictionary<string, AskedSymbol> asked)
    {
        var (old, now) = (Values(before.All), Values(after.All));
        var own = before.Least is { } oldLeast && after.Least is { } nowLeast ? Differing(Values(oldLeast), Values(nowLeast)) : null;
        var changed = Differing(old, now);
        var wanted = changed.Where(name => asked.TryGetValue(name, out var word) ? ValueOf(now, name) != word.Value
            : now.ContainsKey(name) && (own is null || own.Contains(name))).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. after.All.Where(symbol => wanted.Remove(symbol.Name)),
            .. wanted.Order(StringComparer.Ordinal).Select(name => new ConfigSymbol(name, No, 0)),
        ];
    }

    private static Dictionary<string, string> Values(ImmutableArray<ConfigSymbol> symbols)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var symbol in symbols)
            values[symbol.Name] = symbol.Value;
        return values;
    }

    // One that cannot be seen is off.
    private static string ValueOf(Dictionary<string, string> values, string name) => values.GetValueOrDefault(name, No);

    private static HashSet<string> Differing(Dictionary<string, string> one, Dictionary<string, string> other) =>
        one.Keys.Concat(other.Keys).Where(name => ValueOf(one, name) != ValueOf(other, name) || one.ContainsKey(name) != other.ContainsKey(name)).ToHashSet(StringComparer.Ordinal);
}
