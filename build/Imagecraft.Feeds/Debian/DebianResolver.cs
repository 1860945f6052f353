// Chooses packages so that every dependency is fulfilled. Unaware of networks and of the lock.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>Resolves a request against an index; the same inputs give the same result.</summary>
public sealed class DebianResolver
{
    private const int MaximumUpgrades = 100;

    private readonly DebianIndex index;
    private readonly ResolveRequest request;
    private readonly Matching matching;
    private readonly ImmutableArray<string> feeds;
    private readonly HashSet<string> without;
    private readonly Dictionary<(string, string), DebianPackage> forced = [];
    private readonly HashSet<(string, string)> picked = [];
    private readonly Dictionary<(string, string), DebianPackage> chosen = [];
    private readonly Dictionary<(string, string), DebianPackage> requirer = [];
    private readonly List<(string, string)> trail = [];

    private DebianResolver(DebianIndex index, ResolveRequest request)
    {
        this.index = index;
        this.request = request;
        matching = new Matching(request.Architecture);
        feeds = request.Feeds;
        without = [.. request.Without];
    }

    /// <summary>The wanted packages and their dependencies (Depends and Pre-Depends only), ordered by name and architecture.</summary>
    /// <exception cref="FeedException">A package does not exist, a dependency cannot be fulfilled (with the chain that required it), or packages conflict.</exception>
    public static ImmutableArray<DebianPackage> Resolve(DebianIndex index, ResolveRequest request) => new DebianResolver(index, request).Run();

    private ImmutableArray<DebianPackage> Run()
    {
        for (var upgrades = 0; ; upgrades++)
        {
            try
            {
                ResolveOnce();
                return [.. chosen.Values.OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Architecture, StringComparer.Ordinal)];
            }
            catch (UpgradeNeeded upgrade) when (upgrades < MaximumUpgrades)
            {
                forced[Key(upgrade.Package)] = upgrade.Package;
            }
        }
    }

    private void ResolveOnce()
    {
        chosen.Clear();
        requirer.Clear();
        trail.Clear();
        var problems = new List<string>();
        var wanted = new List<DebianPackage>();
        foreach (var one in request.Packages)
        {
            if (FindRequested(one) is { } package) wanted.Add(package);
            else problems.Add($"Package `{one}` is in none of the feeds [{string.Join(", ", one.Feed is { } feed ? [feed] : feeds)}] for architecture `{one.Architecture ?? request.Architecture}`{Suggestion(one.Name)}");
        }
        if (problems.Count > 0) throw new FeedException(string.Join('\n', problems), userError: true);
        foreach (var package in wanted)
            if (Take(package, null) is { } conflict) throw new FeedException(conflict, userError: true);
        foreach (var package in wanted)
            if (Complete(package) is { } failure) throw new FeedException(failure, userError: true);
    }

    private DebianPackage? FindRequested(PackageRequest one)
    {
        var architecture = one.Architecture is null or "all" ? request.Architecture : one.Architecture;
        if (one.Feed is not null) picked.Add((one.Name, architecture));
        else if (forced.TryGetValue((one.Name, architecture), out var package)) return package;
        return index.Named(one.Name)
            .Where(p => matching.Effective(p) == architecture || (p.Architecture == "all" && one.Architecture is not null))
            .Where(p => one.Feed is null ? feeds.Contains(p.Feed) : p.Feed == one.Feed)
            .OrderByDescending(p => p.Feed == request.Feed).ThenBy(p => feeds.IndexOf(p.Feed))
            .ThenByDescending(p => p.Version, Comparer<string>.Create(DebianVersion.Compare))
            .FirstOrDefault();
    }

    private (string, string) Key(DebianPackage package) => (package.Name, matching.Effective(package));

    /// <summary>Adds a package to the root, or says with what it conflicts.</summary>
    private string? Take(DebianPackage package, DebianPackage? by)
    {
        var key = Key(package);
        if (chosen.TryGetValue(key, out var present))
            return present.Version == package.Version ? null : $"`{package}` cannot be beside `{present}` in one root{Chain(by)}";
        foreach (var other in chosen.Values)
        {
            var sharing = other.Name == package.Name && !(other.MultiArch == MultiArch.Same && package.MultiArch == MultiArch.Same);
            if (sharing || Rejects(package, other) || Rejects(other, package))
                return $"`{package}` conflicts with `{other}`{Chain(by)}";
        }
        chosen[key] = package;
        if (by is not null) requirer[key] = by;
        trail.Add(key);
        return null;
    }

    private bool Rejects(DebianPackage one, DebianPackage other)
    {
        foreach (var relation in one.Conflicts)
            foreach (var rejected in relation.Alternatives)
                if (matching.IsRejected(other, rejected, one)) return true;
        return false;
    }

    /// <summary>Fulfils all dependencies of a chosen package, or says which it cannot.</summary>
    private string? Complete(DebianPackage package)
    {
        var architecture = matching.Effective(package);
        foreach (var dependency in package.Depends)
        {
            if (dependency.Alternatives.Any(a => without.Contains(a.Name) || IsFulfilled(a, architecture))) continue;
            if (Fulfil(package, dependency, architecture) is { } failure) return failure;
        }
        return null;
    }

    private bool IsFulfilled(Alternative wanted, string architecture)
    {
        foreach (var package in index.Named(wanted.Name))
            if (IsChosen(package) && matching.Fulfils(package, wanted, architecture)) return true;
        foreach (var package in index.Providing(wanted.Name))
            if (IsChosen(package) && matching.Fulfils(package, wanted, architecture)) return true;
        return false;
    }

    private bool IsChosen(DebianPackage package) => chosen.TryGetValue(Key(package), out var present) && ReferenceEquals(present, package);

    private string? Fulfil(DebianPackage package, Dependency dependency, string architecture)
    {
        string? first = null;
        foreach (var wanted in dependency.Alternatives)
        {
            foreach (var candidate in Candidates(wanted, architecture))
            {
                if (chosen.TryGetValue(Key(candidate), out var present) && !ReferenceEquals(present, candidate))
                {
                    // The root has another version already: start again with this one, unless its feed was asked for by name.
                    if (!picked.Contains(Key(candidate)) && !forced.ContainsKey(Key(candidate))) throw new UpgradeNeeded(candidate);
                    first ??= $"`{package.Name}` needs `{dependency}`, but `{present}` was chosen{Chain(package)}";
                    continue;
                }
                var mark = trail.Count;
                var failure = Take(candidate, package) ?? Complete(candidate);
                if (failure is null) return null;
                first ??= failure;
                Undo(mark);
            }
        }
        return first ?? $"`{package.Name}` needs `{dependency}`, which no package of the feeds [{string.Join(", ", feeds)}] fulfils{Seen(dependency)}{Chain(package)}";
    }

    private void Undo(int mark)
    {
        for (var i = trail.Count - 1; i >= mark; i--)
        {
            chosen.Remove(trail[i]);
            requirer.Remove(trail[i]);
        }
        trail.RemoveRange(mark, trail.Count - mark);
    }

    // Real packages before providers; the root's architecture first; earlier feeds first; then the newest.
    private IEnumerable<DebianPackage> Candidates(Alternative wanted, string architecture)
    {
        bool Eligible(DebianPackage p) =>
            feeds.Contains(p.Feed) && !without.Contains(p.Name)
            && (matching.Effective(p) == architecture || matching.Effective(p) == matching.Native || matching.Effective(p) == wanted.Qualifier)
            && (!forced.TryGetValue(Key(p), out var must) || ReferenceEquals(must, p))
            && matching.Fulfils(p, wanted, architecture);
        var newest = Comparer<string>.Create(DebianVersion.Compare);
        var real = index.Named(wanted.Name).Where(Eligible)
            .OrderByDescending(p => matching.Effective(p) == matching.Native).ThenBy(p => feeds.IndexOf(p.Feed)).ThenByDescending(p => p.Version, newest);
        var providers = index.Providing(wanted.Name).Where(p => p.Name != wanted.Name && Eligible(p))
            .OrderByDescending(p => matching.Effective(p) == matching.Native).ThenBy(p => feeds.IndexOf(p.Feed)).ThenBy(p => p.Priority)
            .ThenBy(p => p.Name, StringComparer.Ordinal).ThenByDescending(p => p.Version, newest);
        return real.Concat(providers);
    }

    private string Chain(DebianPackage? package)
    {
        if (package is null) return "";
        var names = new List<string>();
        for (DebianPackage? step = package; step is not null; step = requirer.GetValueOrDefault(Key(step))) names.Add(step.Name);
        names.Reverse();
        return $"; required by [{string.Join(" -> ", names)}]";
    }

    private string Seen(Dependency dependency)
    {
        var seen = dependency.Alternatives.SelectMany(a => index.Named(a.Name)).Where(p => feeds.Contains(p.Feed)).Select(p => p.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        return seen.Count == 0 ? "" : $"; seen [{string.Join(", ", seen)}]";
    }

    private string Suggestion(string name)
    {
        var near = index.Names.Where(n => n.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(n, StringComparison.Ordinal))
            .OrderBy(n => Math.Abs(n.Length - name.Length)).ThenBy(n => n, StringComparer.Ordinal).Take(3).ToList();
        return near.Count == 0 ? "" : $"; near to it are [{string.Join(", ", near)}]";
    }

    private sealed class UpgradeNeeded(DebianPackage package) : Exception
    {
        public DebianPackage Package { get; } = package;
    }
}
