// The text of a configuration fragment, changed in place. Unaware of who asks for what.

using System.Collections.Immutable;
using Imagecraft.BuiltIns.Configuration;

namespace Imagecraft.Cli.Configuring;

/// <summary>Changes fragments; comments and the order of lines stay.</summary>
public static class FragmentText
{
    /// <summary>The text in which each of <paramref name="symbols"/> has its value: in its own line where there is one, at the end otherwise.</summary>
    /// <param name="text">The fragment, or nothing.</param>
    /// <param name="symbols">What it is to ask for.</param>
    /// <returns>Null when a line of it is no line of a configuration: its number and words are in <paramref name="malformed"/>.</returns>
    public static string? With(string text, ImmutableArray<ConfigSymbol> symbols, out (int Line, string Text)? malformed)
    {
        var present = ConfigSymbol.Parse(text, out var bad);
        malformed = bad.IsEmpty ? null : bad[0];
        if (malformed is not null)
            return null;
        var wanted = symbols.ToDictionary(symbol => symbol.Name, StringComparer.Ordinal);
        List<string> lines = [.. text.TrimEnd('\n').Split('\n')];
        if (text.Length == 0)
            lines.Clear();
        foreach (var symbol in present.Where(symbol => wanted.ContainsKey(symbol.Name)))
            lines[symbol.Line - 1] = wanted[symbol.Name].Text + (symbol.MayBeUnknown && wanted[symbol.Name].Value != "n" ? "  " + ConfigSymbol.WhereItExists : "");
        var written = present.Select(symbol => symbol.Name).ToHashSet(StringComparer.Ordinal);
        lines.AddRange(symbols.Where(symbol => !written.Contains(symbol.Name)).Select(symbol => symbol.Text));
        return string.Join('\n', lines) + "\n";
    }
}
