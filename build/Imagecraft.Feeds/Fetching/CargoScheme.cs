// `cargo:` places: crates of the registry that Cargo is set up for. Unaware of dependencies.

using System.Text.Json;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`cargo:NAME/VERSION` is a crate.</summary>
/// <remarks>Source: The Cargo Book, Registry Index Format: <c>config.json</c> with <c>dl</c> and its markers.</remarks>
internal sealed class CargoScheme(HttpDownload http, Registries registries) : IScheme
{
    private readonly Lock gate = new();
    private Task<string>? template;

    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        if (place["cargo:".Length..].Split('/') is not [{ Length: > 0 } name, { Length: > 0 } version])
            throw new FeedException("is not of the form `cargo:NAME/VERSION`", userError: true);
        Task<string> found;
        lock (gate)
        {
            if (template is null or { IsFaulted: true } or { IsCanceled: true })
                template = TemplateAsync(cancellationToken);
            found = template;
        }

        await http.ToFileAsync(new Uri(Filled(await found, name, version)), path, transfer, cancellationToken);
    }

    /// <summary>The address of a crate by the registry's template; one without markers is a folder.</summary>
    internal static string Filled(string template, string name, string version) => template.Contains('{', StringComparison.Ordinal)
        ? template.Replace("{crate}", name, StringComparison.Ordinal).Replace("{version}", version, StringComparison.Ordinal)
            .Replace("{prefix}", Prefix(name), StringComparison.Ordinal).Replace("{lowerprefix}", Prefix(name.ToLowerInvariant()), StringComparison.Ordinal)
        : $"{template.TrimEnd('/')}/{name}/{version}/download";

    private static string Prefix(string name) => name.Length switch
    {
        1 => "1",
        2 => "2",
        3 => $"3/{name[0]}",
        _ => $"{name[..2]}/{name[2..4]}",
    };

    private async Task<string> TemplateAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(registries.CargoRegistry, "config.json");
        var bytes = await http.BytesAsync(address, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.GetProperty("dl").GetString() is { Length: > 0 } text ? text : throw new JsonException("`dl` is empty");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FeedException($"{address} did not answer with the configuration of a sparse registry: {e.Message}", userError: false, e);
        }
    }
}
