// Brings the lock up to what is asked for. Unaware of where the lock's file is and of builds.

using System.Collections.Immutable;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Locking;

/// <summary>A new lock, and what the user should know.</summary>
/// <param name="Lock">The lock; the same object when nothing changed.</param>
/// <param name="Warnings">Replaced versions, each naming both.</param>
public sealed record LockUpdate(LockFile Lock, ImmutableArray<string> Warnings);

/// <summary>Resolves sets that are missing or stale and pins the result.</summary>
public sealed class Locker(DebianMirror mirror, IReadOnlyList<FeedSpec> feeds)
{
    /// <summary>The requests whose set is missing or was made for another request; cheap, touches nothing.</summary>
    public static ImmutableArray<SetRequest> Stale(LockFile file, IReadOnlyList<SetRequest> requests, IReadOnlyList<FeedSpec> feeds) =>
        [.. requests.Where(r => file.FindSet(r.Name, r.Architecture)?.Inputs != r.Inputs(feeds))];

    /// <summary>The error for `--locked`, when <see cref="Stale"/> is not empty.</summary>
    public static FeedException StaleError(IReadOnlyList<SetRequest> stale) => new(
        $"`{LockFile.FileName}` does not fit what is asked for in [{string.Join(", ", stale.Select(s => $"{s.Name} {s.Architecture}"))}]; run `./build.sh lock` without `--locked` and commit the result", userError: true);

    /// <summary>Resolves what is stale, or everything.</summary>
    /// <param name="file">Present lock.</param>
    /// <param name="requests">All sets that are asked for.</param>
    /// <param name="kept">Null: only what is stale. Otherwise take the suites' current versions for all requests, and drop sets that nobody asks for but these.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="FeedException">A feed cannot be read, a request not be resolved, or a package would go back though nobody asked for current versions.</exception>
    public async Task<LockUpdate> UpdateAsync(LockFile file, IReadOnlyList<SetRequest> requests, IReadOnlySet<string>? kept, CancellationToken cancellationToken)
    {
        if (kept is null) return await ResolveAsync(file, file, Stale(file, requests, feeds), Way.Stale, cancellationToken);
        var result = file with
        {
            Sets = [.. file.Sets.Where(s => kept.Contains(s.Name) || requests.Any(r => r.Name == s.Name))],
            Suites = file.Suites.RemoveRange(file.Suites.Keys.Except(feeds.Select(f => f.Name))),
        };
        return await ResolveAsync(file, result, requests, Way.Everything, cancellationToken);
    }

    /// <summary>Resolves anew the sets that hold packages which the mirror no longer has.</summary>
    /// <param name="file">Present lock.</param>
    /// <param name="requests">All sets that are asked for.</param>
    /// <param name="missing">Pinned packages that could not be had.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="FeedException">A package stays missing: the suite still names it, so the mirror is incomplete. Or only older ones are there.</exception>
    public async Task<LockUpdate> ReplaceAsync(LockFile file, IReadOnlyList<SetRequest> requests, IReadOnlyCollection<LockedPackage> missing, CancellationToken cancellationToken)
    {
        HashSet<string> keys = [.. missing.Select(p => p.Key)];
        var touched = requests.Where(r => file.FindSet(r.Name, r.Architecture)?.Packages.Any(p => keys.Contains(p.Key)) == true).ToList();
        var update = await ResolveAsync(file, file, touched, Way.Replace(keys), cancellationToken);
        var still = update.Lock.Sets.SelectMany(s => s.Packages.Where(missing.Contains).Select(p => $"  package `{p.Name}` {p.Version}: `{p.PoolPath}`, named by `{IndexOf(s, p)}`")).Distinct().Order(StringComparer.Ordinal).ToList();
        return still.Count == 0 ? update : throw new FeedException(FeedCause.Incomplete, $"The mirror is incomplete: it lacks files that its own index names\n{string.Join('\n', still)}");
    }

    private string IndexOf(LockedSet set, LockedPackage package)
    {
        if (feeds.FirstOrDefault(f => f.Name == package.Feed) is { IsFlat: true } flat) return $"{flat.Folder}Packages";
        // pool/COMPONENT/...; Debian's layout of a mirror.
        var component = package.PoolPath.Split('/') is ["pool", var name, ..] ? name : "main";
        var suite = feeds.FirstOrDefault(f => f.Name == package.Feed)?.Suite ?? package.Feed;
        return $"dists/{suite}/{component}/binary-{set.Architecture}/Packages";
    }

    /// <param name="before">Lock to compare with.</param>
    /// <param name="result">Lock to change.</param>
    /// <param name="requests">What to resolve.</param>
    /// <param name="way">How what is locked counts.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private async Task<LockUpdate> ResolveAsync(LockFile before, LockFile result, IReadOnlyList<SetRequest> requests, Way way, CancellationToken cancellationToken)
    {
        if (requests.Count == 0) return new LockUpdate(result, []);
        var problems = new List<string>();
        var changes = new Changes(before, feeds);
        var memory = Memory(before);
        // Requests of the same feeds and architectures share one index, which is the costly part.
        foreach (var group in requests.GroupBy(r => string.Join(' ', r.Resolvable(feeds).Feeds.Order(StringComparer.Ordinal).Concat(r.Resolvable(feeds).Architectures))))
        {
            var resolvable = group.First().Resolvable(feeds);
            var specs = resolvable.Feeds.Select(name => feeds.FirstOrDefault(f => f.Name == name)
                ?? throw new FeedException($"Set `{group.First().Name}` uses the unknown feed `{name}`; known are [{string.Join(", ", feeds.Select(f => f.Name))}]", userError: true)).ToList();
            var indexes = await mirror.IndexAsync(specs, resolvable.Architectures, memory, cancellationToken);
            changes.Warn(indexes.Warnings);
            foreach (var (feed, date) in indexes.Dates) result = result.With(feed, date);
            foreach (var request in group)
            {
                try
                {
                    var packages = DebianResolver.Resolve(indexes.Index, request.Resolvable(feeds) with { Locked = way.Prefers(result) }, cancellationToken).Select(Pin).ToImmutableArray();
                    var set = new LockedSet(request.Name, request.Architecture, request.Inputs(feeds), packages);
                    changes.Compare(set);
                    result = result.With(set);
                }
                catch (FeedException e) when (e.UserError)
                {
                    problems.Add($"`{request.Name}` for `{request.Architecture}`: {e.Message}");
                }
            }
        }
        if (problems.Count > 0) throw new FeedException(string.Join('\n', problems), userError: true);
        if (!way.MayGoBack) changes.RefuseDowngrades(way.IsRequested);
        return new LockUpdate(result, changes.Warnings);
    }

    // A feed that something is locked from is known, be it from a lock that has no dates yet.
    private static Dictionary<string, FeedMemory> Memory(LockFile file) =>
        file.Sets.SelectMany(s => s.Packages).Select(p => p.Feed).Concat(file.Suites.Keys).Distinct().ToDictionary(f => f, f => new FeedMemory(file.Suites.TryGetValue(f, out var date) ? date : null), StringComparer.Ordinal);

    private static LockedPackage Pin(DebianPackage p) => new(p.Name, p.Version, p.Architecture, p.Feed, p.Size, p.Sha256, p.FileName, p.Source, p.SourceVersion);

    /// <summary>How what is locked counts while sets are resolved.</summary>
    private sealed record Way(bool MayGoBack, bool IsRequested, ImmutableHashSet<string> Missing)
    {
        public static readonly Way Everything = new(true, true, []);
        public static readonly Way Stale = new(false, true, []);

        public static Way Replace(IEnumerable<string> missing) => new(false, false, [.. missing]);

        public ImmutableHashSet<(string, string, string)> Prefers(LockFile file) =>
            MayGoBack ? [] : [.. file.Sets.SelectMany(s => s.Packages).Where(p => !Missing.Contains(p.Key)).Select(p => (p.Name, p.Architecture, p.Version))];
    }
}
