// `go:` places: modules of the proxies that Go is set up for. Unaware of dependencies.

using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`go:MODULE@VERSION.zip` are the files of a module, `go:MODULE@VERSION.mod` is its `go.mod`.</summary>
/// <remarks>Source: Go Modules Reference, GOPROXY protocol.</remarks>
internal sealed class GoScheme(HttpDownload http, Registries registries) : IScheme
{
    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        var text = place["go:".Length..];
        if (text.LastIndexOf('@') is not (> 0 and var at) || !(text.EndsWith(".zip", StringComparison.Ordinal) || text.EndsWith(".mod", StringComparison.Ordinal)))
            throw new FeedException("is not of the form `go:MODULE@VERSION.zip` or `go:MODULE@VERSION.mod`", userError: true);
        var failures = new List<(string Place, FeedException Why)>();
        foreach (var proxy in await registries.GoProxiesAsync())
        {
            try
            {
                await http.ToFileAsync(new Uri(proxy, $"{GoModulePath.Escaped(text[..at])}/@v/{GoModulePath.Escaped(text[(at + 1)..])}"), path, transfer, cancellationToken);
                return;
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                failures.Add((proxy.ToString(), e));
            }
        }

        throw new FeedException(FeedCauses.Together([.. failures.Select(f => f.Why.Cause)]), string.Join("; ", failures.Select(f => $"{f.Place}: {f.Why.Message}")));
    }
}
