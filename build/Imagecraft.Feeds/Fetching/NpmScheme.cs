// `npm:` places: one file within a package of the npm registry. Unaware of dependencies.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`npm:PACKAGE@VERSION/path/inside/the/tarball` is a file, `npm:PACKAGE@VERSION` the whole tarball; it is checked against the registry's integrity value.</summary>
/// <remarks>Source: npm registry API, package metadata (`dist.tarball`, `dist.integrity`, `dist.shasum`).</remarks>
internal sealed class NpmScheme(HttpDownload http, Registries registries, FetcherOptions options) : IVersionedScheme
{
    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        var (package, version, member) = Parse(place["npm:".Length..]);
        var registry = await registries.NpmRegistryAsync();
        var (tarball, integrity, shasum) = await DistributionAsync(registry, package, version, cancellationToken);
        if (member.Length == 0)
        {
            await http.ToFileAsync(tarball, path, transfer, cancellationToken);
            return;
        }

        var archive = path + ".tgz";
        try
        {
            File.Delete(archive);
            await http.ToFileAsync(tarball, archive, new Transfer(SizeBound.AtMost(options.LargestFile, "a package"), transfer.Progress), cancellationToken);
            await CheckAsync(archive, integrity, shasum, cancellationToken);
            Archive.Guard(archive, path, () => Extract(archive, member, path, transfer.Bound));
        }
        finally
        {
            File.Delete(archive);
        }
    }

    internal static (string Package, string Version, string Member) Parse(string text)
    {
        var at = text.IndexOf('@', 1);
        var slash = at < 0 ? -1 : text.IndexOf('/', at);
        if (at < 0 || at == text.Length - 1 || slash == text.Length - 1 || slash == at + 1)
            throw new FeedException("is not of the form `npm:PACKAGE@VERSION/path/inside`", userError: true);
        if (slash < 0) return (text[..at], text[(at + 1)..], "");
        return (text[..at], text[(at + 1)..slash], text[(slash + 1)..]);
    }

    public async Task<ImmutableArray<string>> VersionsAsync(string package, CancellationToken cancellationToken)
    {
        var address = new Uri(await registries.NpmRegistryAsync(), Escaped(package));
        return await AnswerAsync<ImmutableArray<string>>(address, answer => [.. answer.GetProperty("versions").EnumerateObject().Where(v => !v.Value.TryGetProperty("deprecated", out _)).Select(v => v.Name)], cancellationToken);
    }

    private static string Escaped(string package) => package.Replace("/", "%2F", StringComparison.Ordinal);

    private async Task<(Uri Tarball, string? Integrity, string? Shasum)> DistributionAsync(Uri registry, string package, string version, CancellationToken cancellationToken)
    {
        return await AnswerAsync(new Uri(registry, $"{Escaped(package)}/{version}"), answer =>
        {
            var distribution = answer.GetProperty("dist");
            return (new Uri(registry, distribution.GetProperty("tarball").GetString()!), Text(distribution, "integrity"), Text(distribution, "shasum"));
        }, cancellationToken);
    }

    private async Task<T> AnswerAsync<T>(Uri address, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var bytes = await http.BytesAsync(address, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new FeedException($"{address} did not answer with package metadata: {e.Message}", userError: false, e);
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    // Integrity is `algorithm-base64`, several separated by blanks; the older field is SHA-1 in hexadecimal.
    private static async Task CheckAsync(string archive, string? integrity, string? shasum, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(archive);
        var strong = integrity?.Split(' ').FirstOrDefault(i => i.StartsWith("sha512-", StringComparison.Ordinal));
        bool right;
        if (strong is not null)
        {
            right = Convert.ToBase64String(await SHA512.HashDataAsync(stream, cancellationToken)) == strong["sha512-".Length..];
        }
        else
        {
            // The file inside is checked by its own SHA-256 afterwards; this one only finds damage early.
#pragma warning disable CA5350
            right = shasum is null || Convert.ToHexStringLower(await SHA1.HashDataAsync(stream, cancellationToken)) == shasum;
#pragma warning restore CA5350
        }
        if (!right) throw new FeedException("has a tarball that differs from the registry's integrity value", userError: false);
    }

    private static bool Extract(string archive, string member, string path, SizeBound bound)
    {
        using var source = new FileStream(archive, FileMode.Open, FileAccess.Read);
        using var tar = new BufferedStream(new CountedStream(Decompression.Open(source, null), new ExpansionGuard(source.Length, new())), 256 * 1024);
        var reader = new TarReader(tar);
        while (reader.Next() is { } entry)
        {
            if (entry.Kind != TarKind.File || SafeTree.Clean(entry.Name, 0) != member) continue;
            if (entry.Size > bound.Bytes) throw bound.Exceeded(entry.Size);
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
            var buffer = new byte[256 * 1024];
            while (reader.Read(buffer) is > 0 and var count) file.Write(buffer, 0, count);
            return true;
        }
        throw new FeedException($"has no file `{member}` in its tarball", userError: true);
    }
}
