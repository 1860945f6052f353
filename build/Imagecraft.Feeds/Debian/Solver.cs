// Finds an assignment of yes and no to variables that fulfils all clauses, or the clauses that exclude each other. Unaware of packages.

namespace Imagecraft.Feeds.Debian;

/// <summary>A disjunction: at least one literal must hold. A literal is a variable's number, from 1, or its negative.</summary>
/// <param name="literals">The literals; the solver reorders them.</param>
/// <param name="origin">What the clause stands for; null when it was learned.</param>
/// <param name="parents">The clauses that a learned one follows from.</param>
internal sealed class Clause(int[] literals, object? origin, IReadOnlyList<Clause>? parents = null)
{
    public int[] Literals => literals;

    public object? Origin => origin;

    public IReadOnlyList<Clause> Parents => parents ?? [];
}

/// <summary>What the solver asks while it works.</summary>
internal interface IProblem
{
    /// <summary>The clauses that count from the moment at which the variable holds; asked once for each.</summary>
    IEnumerable<Clause> ClausesOf(int variable);

    /// <summary>The variable to try next, or 0 when nothing is missing any more.</summary>
    int Choose(Solver state);
}

/// <summary>Conflict-driven search: complete, and the same for the same input.</summary>
/// <remarks>Source: J. P. Marques-Silva and K. A. Sakallah, GRASP (1999); learning at the first unique implication point, two watched literals.</remarks>
internal sealed class Solver(IProblem problem)
{
    private readonly List<sbyte> values = [0];
    private readonly List<int> levels = [0];
    private readonly List<Clause?> reasons = [null];
    private readonly List<bool> loaded = [false];
    private readonly List<List<Clause>> watchesOfTrue = [[]];
    private readonly List<List<Clause>> watchesOfFalse = [[]];
    private readonly List<int> trail = [];
    private readonly List<int> levelStarts = [];
    private int head;

    /// <summary>A new variable.</summary>
    public int NewVariable()
    {
        values.Add(0);
        levels.Add(0);
        reasons.Add(null);
        loaded.Add(false);
        watchesOfTrue.Add([]);
        watchesOfFalse.Add([]);
        return values.Count - 1;
    }

    /// <summary>1: holds; -1: does not; 0: open.</summary>
    public int Value(int literal) => literal > 0 ? values[literal] : -values[-literal];

    private int Level => levelStarts.Count;

    /// <summary>Searches.</summary>
    /// <param name="given">Clauses that always count.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Null when an assignment was found; otherwise the given clauses that have none together.</returns>
    public IReadOnlyCollection<Clause>? Solve(IEnumerable<Clause> given, CancellationToken cancellationToken)
    {
        Clause? conflict = null;
        foreach (var clause in given) conflict ??= Add(clause);
        while (true)
        {
            conflict ??= Propagate();
            if (conflict is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Level == 0) return Core(conflict);
                conflict = Learn(conflict);
                continue;
            }
            var next = problem.Choose(this);
            if (next == 0) return null;
            levelStarts.Add(trail.Count);
            Assign(next, null);
        }
    }

    private List<Clause> Watches(int literal) => literal > 0 ? watchesOfTrue[literal] : watchesOfFalse[-literal];

    private void Assign(int literal, Clause? reason)
    {
        var variable = Math.Abs(literal);
        values[variable] = (sbyte)(literal > 0 ? 1 : -1);
        levels[variable] = Level;
        reasons[variable] = reason;
        trail.Add(literal);
    }

    // Watches two literals that are open or hold, else those that were excluded last. Returns the clause when nothing of it can hold.
    private Clause? Add(Clause clause)
    {
        var literals = clause.Literals;
        for (var slot = 0; slot < Math.Min(2, literals.Length); slot++)
        {
            var best = slot;
            for (var i = slot + 1; i < literals.Length; i++)
                if (Rank(literals[i]) > Rank(literals[best])) best = i;
            (literals[slot], literals[best]) = (literals[best], literals[slot]);
            Watches(literals[slot]).Add(clause);
        }
        if (literals.Length == 0 || Value(literals[0]) < 0) return clause;
        if (Value(literals[0]) == 0 && (literals.Length == 1 || Value(literals[1]) < 0)) Assign(literals[0], clause);
        return null;
    }

    private int Rank(int literal) => Value(literal) < 0 ? levels[Math.Abs(literal)] : int.MaxValue;

    private Clause? Propagate()
    {
        Clause? conflict = null;
        while (conflict is null && head < trail.Count)
        {
            var literal = trail[head++];
            if (literal > 0 && !loaded[literal])
            {
                loaded[literal] = true;
                foreach (var clause in problem.ClausesOf(literal)) conflict = Add(clause) ?? conflict;
            }
            conflict ??= Visit(-literal);
        }
        return conflict;
    }

    private Clause? Visit(int excluded)
    {
        var watches = Watches(excluded);
        var kept = 0;
        Clause? conflict = null;
        for (var i = 0; i < watches.Count; i++)
        {
            var clause = watches[i];
            if (conflict is not null || !Moves(clause, excluded))
            {
                watches[kept++] = clause;
                if (conflict is not null || Value(clause.Literals[0]) > 0) continue;
                if (Value(clause.Literals[0]) < 0) conflict = clause;
                else Assign(clause.Literals[0], clause);
            }
        }
        watches.RemoveRange(kept, watches.Count - kept);
        return conflict;
    }

    // Finds another literal to watch; the other watched one is first afterwards.
    private bool Moves(Clause clause, int excluded)
    {
        var literals = clause.Literals;
        if (literals.Length > 1 && literals[0] == excluded) (literals[0], literals[1]) = (literals[1], literals[0]);
        if (Value(literals[0]) > 0) return false;
        for (var i = 2; i < literals.Length; i++)
            if (Value(literals[i]) >= 0)
            {
                (literals[1], literals[i]) = (literals[i], literals[1]);
                Watches(literals[1]).Add(clause);
                return true;
            }
        return false;
    }

    // The new clause keeps literals of level 0, so that the core of a contradiction can be followed through it.
    private Clause? Learn(Clause conflict)
    {
        var top = conflict.Literals.Max(l => levels[Math.Abs(l)]);
        Undo(top);
        if (top == 0) return conflict;
        var seen = new HashSet<int>();
        var lower = new List<int>();
        var parents = new List<Clause>();
        var open = 0;
        var at = trail.Count;
        var reason = conflict;
        int pivot;
        while (true)
        {
            parents.Add(reason);
            foreach (var literal in reason.Literals)
            {
                var variable = Math.Abs(literal);
                if (Value(literal) > 0 || !seen.Add(variable)) continue;
                if (levels[variable] == top) open++;
                else lower.Add(literal);
            }
            do pivot = trail[--at];
            while (!seen.Contains(Math.Abs(pivot)));
            if (--open == 0) break;
            reason = reasons[Math.Abs(pivot)]!;
        }
        Undo(lower.Count == 0 ? 0 : lower.Max(l => levels[Math.Abs(l)]));
        return Add(new Clause([-pivot, .. lower], null, parents));
    }

    private void Undo(int level)
    {
        if (level >= Level) return;
        var start = levelStarts[level];
        for (var i = start; i < trail.Count; i++) values[Math.Abs(trail[i])] = 0;
        trail.RemoveRange(start, trail.Count - start);
        levelStarts.RemoveRange(level, Level - level);
        head = Math.Min(head, start);
    }

    private HashSet<Clause> Core(Clause conflict)
    {
        var core = new HashSet<Clause>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<Clause>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Clause>([conflict]);
        while (open.TryPop(out var clause))
        {
            if (!seen.Add(clause)) continue;
            if (clause.Origin is not null) core.Add(clause);
            foreach (var parent in clause.Parents) open.Push(parent);
            foreach (var literal in clause.Literals)
                if (reasons[Math.Abs(literal)] is { } reason && Value(literal) < 0) open.Push(reason);
        }
        return core;
    }
}
