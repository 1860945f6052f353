// `nuget:` places: package files of NuGet sources, and single files within them. Unaware of dependencies.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`nuget:ID/VERSION` is a package, `nuget:ID/VERSION/path/inside` one file of it, and behind `#` one resource of an assembly, from each configured source in order; a source may be a local folder.</summary>
/// <remarks>Source: NuGet server API v3, service index and package content (`PackageBaseAddress/3.0.0`).</remarks>
internal sealed class NugetScheme(HttpDownload http, Registries registries, FetcherOptions options) : IVersionedScheme
{
    private readonly ConcurrentDictionary<string, Task<Uri>> bases = new(StringComparer.Ordinal);

    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        if (place["nuget:".Length..].Split('/', 3) is not [{ Length: > 0 } id, { Length: > 0 } version, .. { Length: < 2 } member] || member is [""])
            throw new FeedException("is not of the form `nuget:ID/VERSION` or `nuget:ID/VERSION/path/inside`", userError: true);
        if (member is not [var name])
        {
            await PackageAsync(id.ToLowerInvariant(), version.ToLowerInvariant(), path, transfer, cancellationToken);
            return;
        }
        var package = path + ".nupkg";
        try
        {
            File.Delete(package);
            await PackageAsync(id.ToLowerInvariant(), version.ToLowerInvariant(), package, new Transfer(SizeBound.AtMost(options.LargestFile, "a package"), transfer.Progress), cancellationToken);
            Archive.Guard(package, path, () => Extract(package, name, path, transfer.Bound));
        }
        finally
        {
            File.Delete(package);
        }
    }

    public Task<ImmutableArray<string>> VersionsAsync(string package, CancellationToken cancellationToken)
    {
        var id = package.ToLowerInvariant();
        return FromSourcesAsync(LocalVersions, async (address, cancellation) =>
        {
            var index = new Uri(address, $"{id}/index.json");
            var bytes = await http.BytesAsync(index, cancellation);
            try
            {
                using var document = JsonDocument.Parse(bytes);
                return (ImmutableArray<string>)[.. document.RootElement.GetProperty("versions").EnumerateArray().Select(v => v.GetString()!)];
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new FeedException($"{index} did not answer with versions: {e.Message}", userError: false, e);
            }
        }, cancellationToken);

        ImmutableArray<string> LocalVersions(string folder)
        {
            // Of packages whose names begin alike, the version begins with a digit.
            ImmutableArray<string> found = !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, "*.nupkg").Select(f => Path.GetFileNameWithoutExtension(f)).Where(f => f.Length > id.Length + 1 && f.StartsWith(id + ".", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(f[id.Length + 1])).Select(f => f[(id.Length + 1)..])];
            return found.IsEmpty ? throw new FeedException(FeedCause.Gone, "does not hold it") : found;
        }
    }

    private Task<bool> PackageAsync(string id, string version, string path, Transfer transfer, CancellationToken cancellationToken) => FromSourcesAsync(
        folder =>
        {
            CopyLocal(folder, id, version, path, transfer.Bound);
            return true;
        },
        async (address, cancellation) =>
        {
            await http.ToFileAsync(new Uri(address, $"{id}/{version}/{id}.{version}.nupkg"), path, transfer, cancellation);
            return true;
        },
        cancellationToken);

    // The first source that gives it wins.
    private async Task<T> FromSourcesAsync<T>(Func<string, T> fromFolder, Func<Uri, CancellationToken, Task<T>> fromServer, CancellationToken cancellationToken)
    {
        var failures = new List<(string Place, FeedException Why)>();
        foreach (var source in await registries.NugetSourcesAsync())
        {
            try
            {
                if (!source.StartsWith("http", StringComparison.OrdinalIgnoreCase)) return fromFolder(source);
                return await fromServer(await bases.GetOrAdd(source, s => BaseAddressAsync(new Uri(s), cancellationToken)), cancellationToken);
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                bases.TryRemove(source, out _);
                failures.Add((source, e));
            }
        }
        throw Places.Failed("source", failures);
    }

    private static bool Extract(string package, string member, string path, SizeBound bound)
    {
        using var source = new FileStream(package, FileMode.Open, FileAccess.Read);
        using var zip = new ZipArchive(source, ZipArchiveMode.Read);
        if (member.IndexOf('#', StringComparison.Ordinal) is > 0 and var mark)
        {
            using var assembly = new MemoryStream();
            using (var part = Entry(zip, member[..mark]).Open())
            using (var counted = new CountedStream(part, new ExpansionGuard(source.Length, new())))
                counted.CopyTo(assembly);
            assembly.Position = 0;
            File.WriteAllBytes(path, AssemblyResource.Read(assembly, member[(mark + 1)..], bound));
            return true;
        }
        var entry = Entry(zip, member);
        if (entry.Length > bound.Bytes) throw bound.Exceeded(entry.Length);
        using var content = new CountedStream(entry.Open(), new ExpansionGuard(source.Length, new()));
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        content.CopyTo(file, 256 * 1024);
        return true;
    }

    // NuGet writes names as parts of addresses: a blank is `%20`.
    private static ZipArchiveEntry Entry(ZipArchive zip, string member) =>
        zip.Entries.FirstOrDefault(e => Uri.UnescapeDataString(e.FullName) == member || e.FullName == member)
            ?? throw new FeedException($"has no file `{member}` in its package{(zip.Entries.FirstOrDefault(e => e.FullName.Equals(member, StringComparison.OrdinalIgnoreCase)) is { } near ? $", but `{near.FullName}`" : "")}", userError: true);

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
