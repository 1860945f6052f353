// Says in words why a request has no solution. Unaware of how solutions are sought.

using System.Globalization;

namespace Imagecraft.Feeds.Debian;

/// <summary>Turns clauses that exclude each other into sentences: first as few of them as still do, then each with the chain that required it.</summary>
internal sealed class Explanation(ResolveRequest request, DebianIndex index, Matching matching, Func<DebianPackage, int> variableOf)
{
    private const int MostLines = 12;

    private readonly Dictionary<int, (int Found, Rule.Needs? By)> found = [];

    /// <summary>The message.</summary>
    public string Of(IReadOnlyCollection<Clause> core, CancellationToken cancellationToken)
    {
        var rest = Core.Minimize([.. core.OrderBy(c => Key((Rule)c.Origin!), StringComparer.Ordinal)], cancellationToken);
        Follow(rest);
        var lines = rest.Where(c => c.Origin is Rule.Needs && c.Literals.Length != 2).Select(c => ((Rule.Needs)c.Origin!, Empty: c.Literals.Length == 1))
            .OrderBy(n => n.Empty).ThenBy(n => Found(n.Item1.Package)).ThenBy(n => n.Item1.Dependency.ToString(), StringComparer.Ordinal).Select(n => n.Empty ? Missing(n.Item1) : Choice(n.Item1)).ToList();
        lines.AddRange(rest.Select(c => c.Origin).OfType<Rule.Exclusion>().OrderBy(e => Math.Max(Found(e.One), Found(e.Other))).ThenBy(e => Math.Min(Found(e.One), Found(e.Other))).Select(Excluded).Distinct());
        if (lines.Count == 1) return lines[0];
        var told = lines.Take(MostLines).ToList();
        if (lines.Count > told.Count) told.Add(string.Create(CultureInfo.InvariantCulture, $"and {lines.Count - told.Count} more of that kind"));
        return $"No choice of packages fulfils [{string.Join(", ", rest.Select(c => c.Origin).OfType<Rule.Wanted>().Select(w => w.Request.ToString()).Order(StringComparer.Ordinal))}]:\n{string.Join('\n', told.Select(line => "  " + line))}";
    }

    private static string Key(Rule rule) => rule switch
    {
        Rule.Wanted wanted => $"0 {wanted.Request}",
        Rule.Needs needs => $"1 {needs.Package} {needs.Package.Feed} {needs.Dependency}",
        Rule.Exclusion exclusion => $"2 {exclusion.One} {exclusion.One.Feed} {exclusion.Other} {exclusion.Other.Feed} {exclusion.Words}",
        _ => "3",
    };

    // Breadth first from the requests, so that chains are short.
    private void Follow(IReadOnlyList<Clause> clauses)
    {
        var needs = clauses.Where(c => c.Origin is Rule.Needs).ToLookup(c => variableOf(((Rule.Needs)c.Origin!).Package));
        var open = new Queue<int>();
        foreach (var one in request.Packages)
            foreach (var clause in clauses.Where(c => c.Origin is Rule.Wanted wanted && wanted.Request == one)) Enter(clause, null);
        while (open.TryDequeue(out var variable))
            foreach (var clause in needs[variable]) Enter(clause, (Rule.Needs)clause.Origin!);

        void Enter(Clause clause, Rule.Needs? by)
        {
            foreach (var literal in clause.Literals.Where(l => l > 0).Order())
                if (found.TryAdd(literal, (found.Count, by))) open.Enqueue(literal);
        }
    }

    private int Found(DebianPackage package) => found.TryGetValue(variableOf(package), out var entry) ? entry.Found : int.MaxValue;

    private string Missing(Rule.Needs needs) =>
        $"`{needs.Package.Name}` needs `{needs.Dependency}`, which no package of the feeds [{string.Join(", ", request.Feeds)}] fulfils{Seen(needs)}; required by {Chain(needs.Package)}";

    private string Choice(Rule.Needs needs) => $"`{needs.Package.Name}` needs `{needs.Dependency}`; required by {Chain(needs.Package)}";

    // The one that came later is named first: it is what does not fit any more.
    private string Excluded(Rule.Exclusion rule)
    {
        var (later, earlier) = Found(rule.One) > Found(rule.Other) ? (rule.One, rule.Other) : (rule.Other, rule.One);
        var chains = new[] { later, earlier }.Select(p => (Package: p, found.GetValueOrDefault(variableOf(p)).By)).Where(p => p.By is not null).Select(p => $"`{p.Package.Name}` by {Chain(p.By!.Package)}").ToList();
        return $"`{later}` {rule.Words} `{earlier}`{rule.End}{(chains.Count == 0 ? "" : "; required " + string.Join(", ", chains))}";
    }

    private string Chain(DebianPackage package)
    {
        var names = new List<string>();
        for (DebianPackage? step = package; step is not null && names.Count <= found.Count; step = found.GetValueOrDefault(variableOf(step)).By?.Package) names.Add(step.Name);
        names.Reverse();
        return $"[{string.Join(" -> ", names)}]";
    }

    private string Seen(Rule.Needs needs)
    {
        var feeds = request.Feeds;
        var seen = needs.Dependency.Alternatives.SelectMany(a => index.Named(a.Name)).Where(p => feeds.Contains(p.Feed) && request.Architectures.Contains(matching.Effective(p))).Select(p => p.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        return seen.Count == 0 ? "" : $"; seen [{string.Join(", ", seen)}]";
    }
}
