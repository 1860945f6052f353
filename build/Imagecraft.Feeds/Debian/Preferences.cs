// In which order packages are tried. Unaware of what excludes what.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>The packages that may be taken for a wish, the preferred one first.</summary>
internal sealed class Preferences
{
    private static readonly Comparer<string> Versions = Comparer<string>.Create(DebianVersion.Compare);

    private readonly DebianIndex index;
    private readonly ResolveRequest request;
    private readonly Matching matching;
    private readonly Dictionary<string, int> ranks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> order = new(StringComparer.Ordinal);
    private readonly HashSet<string> without;
    private readonly HashSet<string> architectures;

    public Preferences(DebianIndex index, ResolveRequest request, Matching matching)
    {
        (this.index, this.request, this.matching) = (index, request, matching);
        var feeds = request.Feeds;
        for (var i = 0; i < feeds.Length; i++)
        {
            order[feeds[i]] = i;
            // A feed of updates stands where the feed stands that it updates, so that the newer of both is taken.
            ranks[feeds[i]] = request.Updates.TryGetValue(feeds[i], out var updated) && ranks.TryGetValue(updated, out var rank) ? rank : i;
        }
        without = [.. request.Without];
        architectures = [.. request.Architectures];
    }

    /// <summary>Whether a package may be in the root at all.</summary>
    public bool IsEligible(DebianPackage package) => order.ContainsKey(package.Feed) && !without.Contains(package.Name) && architectures.Contains(matching.Effective(package));

    /// <summary>Whether somebody declared the dependency to be fulfilled.</summary>
    public bool IsWaived(Dependency dependency) => dependency.Alternatives.Any(a => without.Contains(a.Name));

    /// <summary>For a request: the set's own feed first, then bases; then what is locked already; then the newest.</summary>
    public IEnumerable<DebianPackage> For(PackageRequest wanted)
    {
        var architecture = wanted.Architecture is null or "all" ? request.Architecture : wanted.Architecture;
        var own = ranks.GetValueOrDefault(request.Feed);
        return index.Named(wanted.Name)
            .Where(p => matching.Effective(p) == architecture || (p.Architecture == "all" && wanted.Architecture is not null))
            .Where(p => order.ContainsKey(p.Feed) && (wanted.Feed is null || p.Feed == wanted.Feed || request.Updates.GetValueOrDefault(p.Feed) == wanted.Feed))
            .OrderByDescending(p => ranks[p.Feed] == own).ThenBy(p => ranks[p.Feed])
            .ThenByDescending(IsLocked).ThenByDescending(p => p.Version, Versions).ThenBy(p => order[p.Feed]);
    }

    /// <summary>For a dependency of a package of an architecture: alternatives in their order, each with <see cref="For(Alternative, string)"/>.</summary>
    public IEnumerable<DebianPackage> For(Dependency dependency, string architecture) => dependency.Alternatives.SelectMany(a => For(a, architecture)).Distinct(ReferenceEqualityComparer.Instance).Cast<DebianPackage>();

    // Real packages before providers; the root's architecture first; base feeds first; more important providers first; then what is locked already; then the newest.
    private IEnumerable<DebianPackage> For(Alternative wanted, string architecture)
    {
        bool Serves(DebianPackage p) =>
            IsEligible(p)
            && (matching.Effective(p) == architecture || matching.Effective(p) == matching.Native || matching.Effective(p) == wanted.Qualifier)
            && matching.Fulfils(p, wanted, architecture);
        var real = index.Named(wanted.Name).Where(Serves)
            .OrderByDescending(p => matching.Effective(p) == matching.Native).ThenBy(p => ranks[p.Feed])
            .ThenByDescending(IsLocked).ThenByDescending(p => p.Version, Versions).ThenBy(p => order[p.Feed]);
        var providers = index.Providing(wanted.Name).Where(p => p.Name != wanted.Name && Serves(p))
            .OrderByDescending(p => matching.Effective(p) == matching.Native).ThenBy(p => ranks[p.Feed]).ThenBy(p => p.Priority)
            .ThenBy(p => p.Name, StringComparer.Ordinal).ThenByDescending(IsLocked).ThenByDescending(p => p.Version, Versions).ThenBy(p => order[p.Feed]);
        return real.Concat(providers);
    }

    private bool IsLocked(DebianPackage package) => request.Locked.Contains((package.Name, package.Architecture, package.Version));
}
