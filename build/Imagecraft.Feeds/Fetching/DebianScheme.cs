// `debian:` places: files below a mirror's `pool/`. Unaware of suites.

using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`debian:pool/...` or `debian:SOURCE/FILE`, from each configured mirror in order.</summary>
internal sealed class DebianScheme(HttpDownload http, Registries registries) : IScheme
{
    private static readonly string[] Components = ["main", "contrib", "non-free", "non-free-firmware"];

    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        var failures = new List<(string Place, FeedException Why)>();
        // Debian's security archive keeps its packages below a folder of its own, so a path tells where it lies.
        var mirrors = place.StartsWith("debian:pool/updates/", StringComparison.Ordinal) ? registries.DebianSecurityMirrors : registries.DebianMirrors;
        foreach (var mirror in mirrors)
        {
            foreach (var candidate in PoolPaths(place["debian:".Length..]))
            {
                var address = new Uri(mirror, Escape(candidate));
                try
                {
                    await http.ToFileAsync(address, path, transfer, cancellationToken);
                    return;
                }
                catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
                {
                    failures.Add((address.ToString(), e));
                    if (e.Cause != FeedCause.Gone) break;
                }
            }
        }
        throw Places.Failed("mirror", failures);
    }

    // A source's folder is its first letter, or `lib` and the next one. Source: layout of Debian's pool.
    private static IEnumerable<string> PoolPaths(string name)
    {
        if (name.StartsWith("pool/", StringComparison.Ordinal)) return [name];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == name.Length - 1 || name.Contains("..", StringComparison.Ordinal))
            throw new FeedException("is not of the form `debian:SOURCE/FILE` or `debian:pool/...`", userError: true);
        var source = name[..slash];
        var prefix = source.StartsWith("lib", StringComparison.Ordinal) && source.Length > 3 ? source[..4] : source[..1];
        return Components.Select(component => $"pool/{component}/{prefix}/{name}");
    }

    private static string Escape(string path) => path.Replace("+", "%2B", StringComparison.Ordinal).Replace("~", "%7E", StringComparison.Ordinal);
}
