// What is wanted of Debian feeds. Unaware of what they hold.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>A wanted package, written <c>name[:architecture][/feed]</c>.</summary>
/// <param name="Name">Package name.</param>
/// <param name="Architecture">Another architecture than the set's, or null.</param>
/// <param name="Feed">Another feed than the set's, or null.</param>
public sealed record PackageRequest(string Name, string? Architecture, string? Feed)
{
    /// <summary>Reads the written form.</summary>
    /// <exception cref="FeedException">The name is empty or has characters that no package name has.</exception>
    public static PackageRequest Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var feed = slash < 0 ? null : text[(slash + 1)..];
        var rest = slash < 0 ? text : text[..slash];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? rest : rest[..colon];
        var architecture = colon < 0 ? null : rest[(colon + 1)..];
        if (name.Length == 0 || feed is "" || architecture is "" || name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('+' or '-' or '.')))
            throw new FeedException($"`{text}` does not name a Debian package; write `name`, `name:architecture` or `name/feed`", userError: true);
        return new PackageRequest(name, architecture, feed);
    }

    /// <inheritdoc/>
    public override string ToString() => Name + (Architecture is null ? "" : ":" + Architecture) + (Feed is null ? "" : "/" + Feed);
}

/// <summary>A set of packages that shall be in one root together with their dependencies.</summary>
public sealed record ResolveRequest
{
    /// <summary>Feed of packages that name none.</summary>
    public required string Feed { get; init; }

    /// <summary>Debian architecture of the root.</summary>
    public required string Architecture { get; init; }

    /// <summary>Wanted packages.</summary>
    public required ImmutableArray<PackageRequest> Packages { get; init; }

    /// <summary>Packages never taken; a dependency that names one counts as fulfilled.</summary>
    public ImmutableArray<string> Without { get; init; } = [];

    /// <summary>Feed to its base feed, for feeds that complete another one.</summary>
    public ImmutableSortedDictionary<string, string> Bases { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Feeds of updates to the feed that each updates: of both, the newer package is taken.</summary>
    public ImmutableSortedDictionary<string, string> Updates { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Name, architecture and version of packages that go before newer versions, as a rule those that other sets have.</summary>
    public ImmutableHashSet<(string Name, string Architecture, string Version)> Locked { get; init; } = [];

    /// <summary>Architectures whose indexes are needed, the root's first.</summary>
    public ImmutableArray<string> Architectures =>
        [Architecture, .. Packages.Select(p => p.Architecture).OfType<string>().Where(a => a != Architecture && a != "all").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Feeds in the order in which dependencies look for a package: bases, the set's own, then those picked for single packages; each followed by its updates.</summary>
    public ImmutableArray<string> Feeds
    {
        get
        {
            var feeds = new List<string>();
            AddWithBases(Feed, feeds, 0);
            foreach (var feed in Packages.Select(p => p.Feed).OfType<string>()) AddWithBases(feed, feeds, 0);
            return [.. feeds];
        }
    }

    private void AddWithBases(string feed, List<string> feeds, int depth)
    {
        if (depth > 8) throw new FeedException($"The bases of feed `{feed}` form a cycle", userError: true);
        if (Bases.TryGetValue(feed, out var basis)) AddWithBases(basis, feeds, depth + 1);
        if (!feeds.Contains(feed)) feeds.Add(feed);
        foreach (var (update, _) in Updates.Where(u => u.Value == feed && !feeds.Contains(u.Key))) feeds.Add(update);
    }
}
