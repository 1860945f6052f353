// `nuget:` places: package files of NuGet sources. Unaware of dependencies.

using System.Collections.Concurrent;
using System.Text.Json;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`nuget:ID/VERSION`, from each configured source in order; a source may be a local folder.</summary>
/// <remarks>Source: NuGet server API v3, service index and package content (`PackageBaseAddress/3.0.0`).</remarks>
internal sealed class NugetScheme(HttpDownload http, Registries registries) : IScheme
{
    private readonly ConcurrentDictionary<string, Task<Uri>> bases = new(StringComparer.Ordinal);

    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        if (place["nuget:".Length..].ToLowerInvariant().Split('/') is not [{ Length: > 0 } id, { Length: > 0 } version])
            throw new FeedException("is not of the form `nuget:ID/VERSION`", userError: true);
        var failures = new List<(string Place, FeedException Why)>();
        foreach (var source in await registries.NugetSourcesAsync())
        {
            try
            {
                if (!source.StartsWith("http", StringComparison.OrdinalIgnoreCase))
                {
                    CopyLocal(source, id, version, path, transfer.Bound);
                    return;
                }
                var address = await bases.GetOrAdd(source, s => BaseAddressAsync(new Uri(s), cancellationToken));
                await http.ToFileAsync(new Uri(address, $"{id}/{version}/{id}.{version}.nupkg"), path, transfer, cancellationToken);
                return;
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                bases.TryRemove(source, out _);
                failures.Add((source, e));
            }
        }
        throw Places.Failed("source", failures);
    }

    private static void CopyLocal(string folder, string id, string version, string path, SizeBound bound)
    {
        string[] candidates = [Path.Combine(folder, $"{id}.{version}.nupkg"), Path.Combine(folder, id, version, $"{id}.{version}.nupkg")];
        var found = candidates.FirstOrDefault(File.Exists)
            ?? (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.nupkg").FirstOrDefault(f => Path.GetFileName(f).Equals($"{id}.{version}.nupkg", StringComparison.OrdinalIgnoreCase)) : null);
        if (found is null) throw new FeedException(FeedCause.Gone, "does not hold it");
        if (new FileInfo(found).Length is var size && size > bound.Bytes) throw bound.Exceeded(size);
        File.Copy(found, path, overwrite: true);
    }

    private async Task<Uri> BaseAddressAsync(Uri index, CancellationToken cancellationToken)
    {
        var bytes = await http.BytesAsync(index, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            foreach (var resource in document.RootElement.GetProperty("resources").EnumerateArray())
                if (resource.GetProperty("@type").GetString() is { } type && type.StartsWith("PackageBaseAddress/3", StringComparison.Ordinal))
                    return new Uri(resource.GetProperty("@id").GetString()!.TrimEnd('/') + "/");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new FeedException($"is not a NuGet service index: {e.Message}", userError: false, e);
        }
        throw new FeedException("offers no package content in its service index", userError: false);
    }
}
