// What becomes of versions when sets are resolved anew. Unaware of why they are.

using System.Collections.Immutable;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Locking;

/// <summary>Compares sets with those of a lock and tells each change once.</summary>
/// <param name="before">The lock.</param>
/// <param name="feeds">All feeds: one and its updates count as the same.</param>
internal sealed class Changes(LockFile before, IReadOnlyList<FeedSpec> feeds)
{
    private readonly SortedSet<string> warnings = new(StringComparer.Ordinal);
    private readonly List<(LockedPackage Old, LockedPackage Now)> downgrades = [];

    /// <summary>Everything that was seen, sorted.</summary>
    public ImmutableArray<string> Warnings => [.. warnings];

    /// <summary>Takes over what others have to say.</summary>
    public void Warn(IEnumerable<string> more) => warnings.UnionWith(more);

    /// <summary>Compares a set with the one that it replaces.</summary>
    public void Compare(LockedSet after)
    {
        foreach (var old in before.FindSet(after.Name, after.Architecture)?.Packages ?? [])
        {
            if (after.Packages.FirstOrDefault(p => p.Name == old.Name && p.Architecture == old.Architecture) is not { } now || now.Version == old.Version) continue;
            var goesBack = DebianVersion.Compare(now.Version, old.Version) < 0;
            if (goesBack) downgrades.Add((old, now));
            warnings.Add($"Package `{old.Name}:{old.Architecture}` was locked at {old.Version} and {(goesBack ? "goes back to" : "is now at")} {now.Version}");
        }
    }

    private string Family(LockedPackage package) => feeds.FirstOrDefault(f => f.Name == package.Feed)?.Updates ?? package.Feed;

    /// <summary>Refuses every package that would become older.</summary>
    /// <param name="isRequested">The sets were changed by somebody, who may well have chosen another feed; that is no going back of a feed.</param>
    /// <exception cref="FeedException">There are some; all are named.</exception>
    public void RefuseDowngrades(bool isRequested)
    {
        var lines = downgrades.Where(d => !isRequested || Family(d.Old) == Family(d.Now)).Select(d => $"  package `{d.Old.Name}:{d.Old.Architecture}` is locked at {d.Old.Version}, feed `{d.Now.Feed}` has {d.Now.Version}")
            .Distinct().Order(StringComparer.Ordinal).ToList();
        if (lines.Count > 0)
            throw new FeedException($"The feeds have only older packages than are locked, and no build goes back by itself:\n{string.Join('\n', lines)}\nTake another mirror with `IMAGECRAFT_DEBIAN_MIRROR`, or go back with `./build.sh lock --update`", userError: false);
    }
}
