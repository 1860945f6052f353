// Relations between packages as written in control fields. Unaware of what exists.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>One alternative of a dependency, e.g. <c>libc6:any (>= 2.34)</c>.</summary>
/// <param name="Name">Package or virtual package.</param>
/// <param name="Qualifier">What stands after the colon (<c>any</c>, <c>native</c> or an architecture), or null.</param>
/// <param name="Relation">One of <c>&lt;&lt; &lt;= = >= >></c>, or null.</param>
/// <param name="Version">Version of the relation, or null.</param>
public sealed record Alternative(string Name, string? Qualifier, string? Relation, string? Version)
{
    /// <summary>Whether a package of <paramref name="version"/> is in the asked range.</summary>
    public bool Accepts(string version) => Relation is null || DebianVersion.Satisfies(version, Relation, Version!);

    /// <inheritdoc/>
    public override string ToString() =>
        Name + (Qualifier is null ? "" : ":" + Qualifier) + (Relation is null ? "" : $" ({Relation} {Version})");
}

/// <summary>Alternatives of which one is needed.</summary>
public sealed record Dependency(ImmutableArray<Alternative> Alternatives)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(" | ", Alternatives);

    private static readonly string[] Relations = ["<<", "<=", "<", "=", ">", ">=", ">>"];

    /// <summary>Reads a field such as <c>Depends</c>: groups separated by commas, alternatives by bars.</summary>
    /// <remarks>Source: Debian Policy 7.1. Architecture and profile restrictions do not occur in binary packages and are ignored.</remarks>
    /// <exception cref="FeedException">A relation is malformed.</exception>
    public static ImmutableArray<Dependency> Parse(string? field)
    {
        if (string.IsNullOrWhiteSpace(field)) return [];
        var groups = ImmutableArray.CreateBuilder<Dependency>();
        foreach (var group in field.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            groups.Add(new Dependency([.. group.Split('|', StringSplitOptions.TrimEntries).Select(ParseOne)]));
        return groups.ToImmutable();
    }

    private static Alternative ParseOne(string text)
    {
        string? relation = null, version = null;
        var name = text;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open >= 0)
        {
            var close = text.IndexOf(')', open);
            if (close < 0) throw new FeedException($"The relation `{text}` has no closing parenthesis", userError: true);
            var inside = text.AsSpan(open + 1, close - open - 1).Trim();
            var end = 0;
            while (end < inside.Length && inside[end] is '<' or '>' or '=') end++;
            relation = inside[..end].ToString();
            version = inside[end..].Trim().ToString();
            name = text[..open];
            if (!Relations.Contains(relation)) throw new FeedException($"The relation `{text}` has no operator of [{string.Join(", ", Relations)}]", userError: true);
            if (version.Length == 0 || version.Contains(' ', StringComparison.Ordinal)) throw new FeedException($"The relation `{text}` has no proper version", userError: true);
        }
        var stop = name.AsSpan().IndexOfAny(" \t[<");
        if (stop >= 0) name = name[..stop];
        if (name.Length == 0 || name[0] == ':') throw new FeedException($"The relation `{text}` names no package", userError: true);
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new Alternative(name, null, relation, version)
            : new Alternative(name[..colon], name[(colon + 1)..], relation, version);
    }
}
