// What a tool root or a prebuilt recipe wants of Debian feeds. Unaware of what is locked.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Locking;

/// <summary>A set of packages to lock.</summary>
/// <param name="Name">E.g. `toolroot/cross-arm64`; no blanks.</param>
/// <param name="Feed">Feed of packages that name none.</param>
/// <param name="Architecture">Debian architecture of the root.</param>
/// <param name="Packages">Wanted packages, `name[:architecture][/feed]`.</param>
/// <param name="Without">Packages never taken.</param>
public sealed record SetRequest(string Name, string Feed, string Architecture, ImmutableArray<string> Packages, ImmutableArray<string> Without)
{
    /// <summary>Digest of everything that was asked for, feeds included; stands in the lock so that a changed request is noticed. Feeds of updates do not count: they only bring newer versions, which an unchanged lock need not have.</summary>
    public string Inputs(IReadOnlyList<FeedSpec> feeds)
    {
        var text = new StringBuilder().Append(Feed).Append('\n').Append(Architecture).Append('\n');
        text.AppendJoin(' ', Packages.Order(StringComparer.Ordinal)).Append('\n').AppendJoin(' ', Without.Order(StringComparer.Ordinal)).Append('\n');
        HashSet<string> used = [.. Resolvable(feeds).Feeds];
        foreach (var feed in feeds.Where(f => used.Contains(f.Name) && f.Updates is null).OrderBy(f => f.Name, StringComparer.Ordinal))
            text.Append(feed.Name).Append(' ').Append(feed.Suite).Append(' ').AppendJoin(',', feed.Components).Append(' ').Append(feed.Base).Append(feed.Home is null ? "\n" : " own\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    /// <summary>The request in the resolver's terms.</summary>
    /// <exception cref="FeedException">A package is malformed.</exception>
    public ResolveRequest Resolvable(IReadOnlyList<FeedSpec> feeds) => new()
    {
        Updates = feeds.Where(f => f.Updates is not null && f.Updates != f.Name).ToImmutableSortedDictionary(f => f.Name, f => f.Updates!, StringComparer.Ordinal),
        Feed = Feed,
        Architecture = Architecture,
        Packages = [.. Packages.Select(PackageRequest.Parse)],
        Without = Without,
        Bases = feeds.Where(f => f.Base is not null && f.Base != f.Name).ToImmutableSortedDictionary(f => f.Name, f => f.Base!),
    };
}
