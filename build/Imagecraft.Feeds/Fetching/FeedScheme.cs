// `feed:` places: packages of feeds of one's own. Unaware of suites.

using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`feed:NAME/PATH`: a path below the address of the feed, as its index names it.</summary>
internal sealed class FeedScheme(HttpDownload http, Registries registries) : IScheme
{
    private const string Prefix = "feed:";

    // Where it lies, only its address tells.
    public bool NeedsNetwork => false;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        if (slash <= Prefix.Length || slash == place.Length - 1) throw new FeedException("is not of the form `feed:NAME/PATH`", userError: true);
        var address = new Uri(registries.AddressOf(place[Prefix.Length..slash]), Relative(place[(slash + 1)..]));
        try
        {
            if (address.IsFile) await FileScheme.CopyAsync(address.LocalPath, path, transfer, cancellationToken);
            else await http.ToFileAsync(address, path, transfer, cancellationToken);
        }
        catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
        {
            throw new FeedException(e.Cause, $"{address}: {e.Message}", e);
        }
    }

    /// <summary>The path, escaped so that it stays below the address.</summary>
    private static string Relative(string path)
    {
        var parts = path.Split('/').Where(part => part is not ("" or ".")).ToList();
        if (parts.Contains("..") || path.StartsWith('/')) throw new FeedException("leads out of the repository", userError: true);
        return string.Join('/', parts.Select(Uri.EscapeDataString));
    }
}
