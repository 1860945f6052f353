// Reduces clauses that have no solution to a few of them. Unaware of what they stand for.

namespace Imagecraft.Feeds.Debian;

/// <summary>Unsatisfiable cores.</summary>
internal static class Core
{
    /// <summary>Leaves out every clause without which the others still have no solution.</summary>
    /// <param name="clauses">Clauses that have none; the last ones are left out first.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static IReadOnlyList<Clause> Minimize(IReadOnlyList<Clause> clauses, CancellationToken cancellationToken)
    {
        var rest = clauses.ToList();
        for (var i = rest.Count - 1; i >= 0; i = Math.Min(i, rest.Count) - 1)
        {
            var without = rest.Where((_, at) => at != i).ToList();
            if (Contradiction(without, cancellationToken) is { } smaller) rest = [.. without.Where(smaller.Contains)];
        }
        return rest;
    }

    private static HashSet<Clause>? Contradiction(List<Clause> clauses, CancellationToken cancellationToken)
    {
        var open = new OpenVariables();
        var solver = new Solver(open);
        var numbers = new Dictionary<int, int>();
        var copies = clauses.Select(c => new Clause([.. c.Literals.Select(Renumber)], c)).ToList();
        return solver.Solve(copies, cancellationToken) is { } core ? new HashSet<Clause>(core.Select(c => (Clause)c.Origin!), ReferenceEqualityComparer.Instance) : null;

        int Renumber(int literal)
        {
            if (!numbers.TryGetValue(Math.Abs(literal), out var number)) numbers[Math.Abs(literal)] = number = open.Last = solver.NewVariable();
            return literal > 0 ? number : -number;
        }
    }

    private sealed class OpenVariables : IProblem
    {
        public int Last { get; set; }

        public IEnumerable<Clause> ClausesOf(int variable) => [];

        public int Choose(Solver state)
        {
            for (var variable = 1; variable <= Last; variable++)
                if (state.Value(variable) == 0) return -variable;
            return 0;
        }
    }
}
