// A line of a kconfig configuration. Unaware of Kconfig files.

using System.Collections.Immutable;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>A symbol and its value.</summary>
/// <param name="Name">Without <c>CONFIG_</c>.</param>
/// <param name="Value">As it stands behind the equals sign; <c>n</c> for "is not set".</param>
/// <param name="Line">Where it stands, from 1.</param>
public sealed record ConfigSymbol(string Name, string Value, int Line)
{
    private const string Prefix = "CONFIG_";
    private const string NotSet = " is not set";

    /// <summary>What stands behind a symbol of fragments that not every version of the program has.</summary>
    public const string WhereItExists = "# where it exists";

    /// <summary>Whether the program need not know it.</summary>
    public bool MayBeUnknown { get; init; }

    /// <summary>The line as configuration files have it.</summary>
    public string Text => Value == "n" ? $"# {Prefix}{Name}{NotSet}" : $"{Prefix}{Name}={Value}";

    /// <summary>All assignments of a text; other comments and blank lines say nothing. A line that is neither is returned in <paramref name="malformed"/>.</summary>
    public static ImmutableArray<ConfigSymbol> Parse(string text, out ImmutableArray<(int Line, string Text)> malformed)
    {
        var symbols = ImmutableArray.CreateBuilder<ConfigSymbol>();
        var bad = ImmutableArray.CreateBuilder<(int, string)>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            var mayBeUnknown = line.StartsWith(Prefix, StringComparison.Ordinal) && line.EndsWith(WhereItExists, StringComparison.Ordinal);
            if (mayBeUnknown)
                line = line[..^WhereItExists.Length].TrimEnd();
            if (line.StartsWith("# " + Prefix, StringComparison.Ordinal) && line.EndsWith(NotSet, StringComparison.Ordinal))
                symbols.Add(new(line[(2 + Prefix.Length)..^NotSet.Length], "n", number));
            else if (line.Length == 0 || line[0] == '#')
                continue;
            else if (line.StartsWith(Prefix, StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                symbols.Add(new(line[Prefix.Length..equals], line[(equals + 1)..], number) { MayBeUnknown = mayBeUnknown });
            else
                bad.Add((number, line));
        }

        malformed = bad.ToImmutable();
        return symbols.ToImmutable();
    }
}
