// Chooses packages so that every dependency is fulfilled. Unaware of networks and of the lock.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>Resolves a request against an index; complete, and the same inputs give the same result.</summary>
/// <remarks>
/// A <see cref="Solver"/> decides. It learns of a package's dependencies and conflicts when the package is taken, so only what may matter is looked at.
/// What has no alternative is taken at once; choices are made depth first, in the order of requests and of dependency fields.
/// </remarks>
public sealed class DebianResolver : IProblem
{
    private readonly DebianIndex index;
    private readonly ResolveRequest request;
    private readonly Matching matching;
    private readonly Preferences preferences;
    private readonly Exclusions exclusions;
    private readonly Solver solver;
    private readonly List<DebianPackage?> packages = [null];
    private readonly Dictionary<DebianPackage, int> variables = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, ImmutableArray<ImmutableArray<int>>> choices = [];
    private ImmutableArray<ImmutableArray<int>> wanted = [];

    private DebianResolver(DebianIndex index, ResolveRequest request)
    {
        this.index = index;
        this.request = request;
        matching = new Matching(request.Architecture);
        preferences = new Preferences(index, request, matching);
        exclusions = new Exclusions(index, matching, preferences);
        solver = new Solver(this);
    }

    /// <summary>The wanted packages and their dependencies (Depends and Pre-Depends only), ordered by name and architecture.</summary>
    /// <exception cref="FeedException">A package does not exist, a dependency cannot be fulfilled (with the chain that required it), or packages exclude each other.</exception>
    public static ImmutableArray<DebianPackage> Resolve(DebianIndex index, ResolveRequest request, CancellationToken cancellationToken = default) => new DebianResolver(index, request).Run(cancellationToken);

    private ImmutableArray<DebianPackage> Run(CancellationToken cancellationToken)
    {
        var requested = request.Packages.Select(one => (Request: one, Choices: preferences.For(one).Select(VariableOf).ToImmutableArray())).ToList();
        var problems = requested.Where(r => r.Choices.IsEmpty).Select(r =>
            $"Package `{r.Request}` is in none of the feeds [{string.Join(", ", r.Request.Feed is { } feed ? [feed] : request.Feeds)}] for architecture `{r.Request.Architecture ?? request.Architecture}`{Suggestion(r.Request.Name)}").ToList();
        if (problems.Count > 0) throw new FeedException(string.Join('\n', problems), userError: true);
        wanted = [.. requested.Select(r => r.Choices)];
        var clauses = requested.Select(r => new Clause([.. r.Choices], new Rule.Wanted(r.Request)));
        if (solver.Solve(clauses, cancellationToken) is { } core) throw new FeedException(new Explanation(request, index, matching, VariableOf).Of(core, cancellationToken), userError: true);
        return [.. Reached().Select(v => packages[v]!).OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Architecture, StringComparer.Ordinal)];
    }

    IEnumerable<Clause> IProblem.ClausesOf(int variable)
    {
        var package = packages[variable]!;
        var architecture = matching.Effective(package);
        foreach (var exclusion in exclusions.Of(package)) yield return new Clause([-variable, -VariableOf(exclusion.Other)], exclusion);
        var own = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        foreach (var dependency in package.Depends)
        {
            if (preferences.IsWaived(dependency)) continue;
            ImmutableArray<int> candidates = [.. preferences.For(dependency, architecture).Select(VariableOf)];
            if (candidates.Contains(variable)) continue;
            own.Add(candidates);
            yield return new Clause([-variable, .. candidates], new Rule.Needs(package, dependency));
        }
        choices[variable] = own.ToImmutable();
    }

    // Depth first; the first dependency that nothing fulfils yet is next.
    int IProblem.Choose(Solver state)
    {
        foreach (var request in wanted)
            if (Unfulfilled(request)) return request.First(v => state.Value(v) == 0);
        foreach (var (_, dependency) in Walk())
            if (Unfulfilled(dependency)) return dependency.First(v => state.Value(v) == 0);
        return 0;

        bool Unfulfilled(ImmutableArray<int> candidates) => !candidates.Any(v => state.Value(v) > 0);
    }

    // What a learned clause took but nobody needs stays out.
    private HashSet<int> Reached() => [.. wanted.SelectMany(r => r.Where(v => solver.Value(v) > 0).Take(1)), .. Walk().SelectMany(step => step.Dependency.Where(v => solver.Value(v) > 0).Take(1))];

    /// <summary>The dependencies of what is taken, depth first from the requests.</summary>
    private IEnumerable<(int Package, ImmutableArray<int> Dependency)> Walk()
    {
        var seen = new HashSet<int>();
        var open = new Stack<IEnumerator<(int, ImmutableArray<int>)>>();
        foreach (var request in wanted)
        {
            Enter(request);
            while (open.TryPeek(out var top))
            {
                if (!top.MoveNext())
                {
                    open.Pop();
                    continue;
                }
                yield return top.Current;
                Enter(top.Current.Item2);
            }
        }

        void Enter(ImmutableArray<int> candidates)
        {
            if (candidates.FirstOrDefault(v => solver.Value(v) > 0) is var taken && taken != 0 && seen.Add(taken))
                open.Push(choices[taken].Select(c => (taken, c)).GetEnumerator());
        }
    }

    private int VariableOf(DebianPackage package)
    {
        if (variables.TryGetValue(package, out var known)) return known;
        var variable = solver.NewVariable();
        packages.Add(package);
        return variables[package] = variable;
    }

    private string Suggestion(string name)
    {
        var near = index.Names.Where(n => n.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(n, StringComparison.Ordinal))
            .OrderBy(n => Math.Abs(n.Length - name.Length)).ThenBy(n => n, StringComparer.Ordinal).Take(3).ToList();
        return near.Count == 0 ? "" : $"; near to it are [{string.Join(", ", near)}]";
    }
}
