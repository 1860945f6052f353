// What `ifeq` and its kin compare, as a condition of recipes. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Solves comparisons of configuration symbols.</summary>
/// <param name="own">The symbol of the package itself.</param>
/// <param name="given">Gets symbols that are always so here.</param>
internal sealed partial class MakeConditions(string own, ISet<string> given)
{
    /// <summary>The most symbols that are compared at once.</summary>
    private const int MostSymbols = 4;

    /// <summary>A conditional's condition; null: it cannot be said here, and <paramref name="problem"/> tells why.</summary>
    public ForeignCondition? Of(string word, string arguments, out Reason? problem)
    {
        problem = new($"`{word} {arguments}` compares what options and architectures cannot say", "Decide it by hand");
        if (word is "ifdef" or "ifndef" || Sides(arguments) is not var (left, right))
            return null;
        return Equal(left, right, word == "ifeq", ref problem);
    }

    /// <summary>Whether a text of symbols is not empty, as <c>$(if ...)</c> asks.</summary>
    public ForeignCondition? NotEmpty(string text, out Reason? problem)
    {
        problem = new($"`{text}` is nothing that options and architectures can say", "Decide it by hand");
        return Equal(text, "", isEqual: false, ref problem);
    }

    private ForeignCondition? Equal(string left, string right, bool isEqual, ref Reason? problem)
    {
        if (Symbol().IsMatch(right) && !Symbol().IsMatch(left))
            (left, right) = (right, left);
        if (Endian().IsMatch(left) && right is "\"LITTLE\"" or "\"BIG\"")
        {
            given.Add("BR2_ENDIAN=\"LITTLE\"");
            problem = null;
            return right == "\"LITTLE\"" == isEqual ? ForeignCondition.Always : ForeignCondition.Never;
        }

        var symbols = Symbol().Matches(left).Select(match => match.Groups[1].Value).Distinct().ToList();
        if (symbols.Count is 0 or > MostSymbols || right.Contains('$', StringComparison.Ordinal) || Symbol().Replace(left, "").Contains('$', StringComparison.Ordinal))
            return null;
        // Symbols with other values than `y` are texts and numbers.
        if (Symbol().Replace(left, "") is var rest && right.Any(c => c != 'y' && !rest.Contains(c, StringComparison.Ordinal)))
            return null;
        var meanings = new List<ForeignCondition>();
        foreach (var symbol in symbols)
        {
            if (BuildrootSymbols.Meaning(symbol, own) is not { } meaning)
            {
                problem = new($"nothing here says what `{symbol}` is", "Decide it by hand");
                return null;
            }

            if (BuildrootSymbols.IsGiven(symbol))
                given.Add($"{symbol}={(meaning.IsAlways ? "y" : "n")}");
            meanings.Add(meaning);
        }

        var solved = Solve(symbols, meanings, values => (Symbol().Replace(left, match => values[match.Groups[1].Value] ? "y" : "") == right) == isEqual);
        problem = solved is null ? problem : null;
        return solved;
    }

    // All cases that hold are tried for a conjunction, or for a disjunction.
    private static ForeignCondition? Solve(List<string> symbols, List<ForeignCondition> meanings, Func<Dictionary<string, bool>, bool> holds)
    {
        var free = Enumerable.Range(0, symbols.Count).Where(at => !meanings[at].IsAlways && !meanings[at].IsNever).ToList();
        var cases = new List<bool[]>();
        for (var bits = 0; bits < 1 << free.Count; bits++)
        {
            var values = symbols.Select((symbol, at) => (symbol, IsOn: free.IndexOf(at) is >= 0 and var index ? (bits >> index & 1) == 1 : meanings[at].IsAlways)).ToDictionary(pair => pair.symbol, pair => pair.IsOn);
            if (holds(values))
                cases.Add([.. free.Select(at => values[symbols[at]])]);
        }

        if (cases.Count == 0)
            return ForeignCondition.Never;
        if (cases.Count == 1 << free.Count)
            return ForeignCondition.Always;
        // What is the same in all cases, when that alone says them all.
        var same = Enumerable.Range(0, free.Count).Where(at => cases.All(one => one[at] == cases[0][at])).ToList();
        if (cases.Count == 1 << (free.Count - same.Count))
            return Conjunction(same.Select(at => cases[0][at] ? meanings[free[at]] : meanings[free[at]].Negated()));
        // All cases but one.
        if (cases.Count != (1 << free.Count) - 1)
            return null;
        var missing = Enumerable.Range(0, 1 << free.Count).Select(bits => Enumerable.Range(0, free.Count).Select(at => (bits >> at & 1) == 1).ToArray()).First(one => !cases.Any(known => known.SequenceEqual(one)));
        return Conjunction(Enumerable.Range(0, free.Count).Select(at => missing[at] ? meanings[free[at]] : meanings[free[at]].Negated()))?.Negated();
    }

    private static ForeignCondition? Conjunction(IEnumerable<ForeignCondition?> parts) =>
        parts.Aggregate((ForeignCondition?)ForeignCondition.Always, (all, part) => part is null ? null : all?.And(part));

    // `(a,b)`, or `"a" "b"`.
    private static (string Left, string Right)? Sides(string arguments)
    {
        if (Quoted().Match(arguments) is { Success: true } quoted)
            return (quoted.Groups[1].Value, quoted.Groups[2].Value);
        if (arguments is not ['(', .., ')'])
            return null;
        var (inner, depth) = (arguments[1..^1], 0);
        for (var at = 0; at < inner.Length; at++)
        {
            depth += inner[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (inner[at] == ',' && depth == 0)
                return (inner[..at].Trim(), inner[(at + 1)..].Trim());
        }

        return null;
    }

    [GeneratedRegex(@"\$\((BR2?_[A-Za-z0-9_]+)\)")]
    private static partial Regex Symbol();

    [GeneratedRegex(@"^\$\(BR2_ENDIAN\)$")]
    private static partial Regex Endian();

    [GeneratedRegex("^\"([^\"]*)\"\\s+\"([^\"]*)\"$")]
    private static partial Regex Quoted();
}
