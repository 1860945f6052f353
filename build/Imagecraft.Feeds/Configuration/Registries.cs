// The addresses of package registries, found when first asked for. Unaware of what they hold.

using System.Collections.Immutable;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Configuration;

/// <summary>Registries as this machine is set up to use them. Creating it costs nothing; each kind is looked up once, when asked for.</summary>
public sealed class Registries
{
    private readonly Machine machine;
    private readonly IReadOnlyList<FeedHome> homes;
    private readonly Lazy<ImmutableArray<Uri>> debian;
    private readonly Lazy<ImmutableArray<Uri>> security;
    private readonly Lazy<Uri> cargo;
    private readonly Lazy<Task<ImmutableArray<Uri>>> go;
    private readonly Lazy<Task<Uri>> npm;
    private readonly Lazy<Task<ImmutableArray<string>>> nuget;

    /// <summary>Reads from <paramref name="machine"/> on demand.</summary>
    /// <param name="machine">Configuration.</param>
    /// <param name="homes">Feeds of one's own.</param>
    public Registries(Machine machine, params IReadOnlyList<FeedHome> homes)
    {
        this.machine = machine;
        this.homes = homes;
        debian = new(FindDebian);
        security = new(FindSecurity);
        cargo = new(FindCargo);
        go = new(FindGoAsync);
        npm = new(FindNpmAsync);
        nuget = new(FindNugetAsync);
    }

    /// <summary>Debian mirrors to try in order, each ending in a slash; `pool/` and `dists/` lie below them.</summary>
    /// <exception cref="FeedException">None is configured; the message says what to set.</exception>
    public ImmutableArray<Uri> DebianMirrors => debian.Value;

    /// <summary>Mirrors of Debian's security archive, to try in order. Without any that is configured, the folder of its usual name beside each Debian mirror.</summary>
    /// <exception cref="FeedException">There is no Debian mirror either.</exception>
    public ImmutableArray<Uri> DebianSecurityMirrors => security.Value;

    /// <summary>The mirrors that may have a feed's suite.</summary>
    public ImmutableArray<Uri> MirrorsOf(FeedSpec feed) => feed.Home is { } home ? [AddressOf(home)] : feed.IsSecurity ? DebianSecurityMirrors : DebianMirrors;

    /// <summary>The address of a feed of one's own, ending in a slash.</summary>
    /// <exception cref="FeedException">There is no such feed, or this machine does not know where it lies.</exception>
    public Uri AddressOf(string feed) => AddressOf(homes.FirstOrDefault(home => home.Name == feed) ?? throw new FeedException($"is of the feed `{feed}`, which the workspace does not have", userError: true));

    private Uri AddressOf(FeedHome home)
    {
        var text = machine.Setting(home.Variable, home.Key) ?? home.Address
            ?? throw new FeedException($"No address of the feed `{home.Name}` is known on this machine: set the variable `{home.Variable}`, or `{home.Key}:` in `{machine.UserFile}`, or write it to the feed's `apt:`", userError: false);
        return Base(text.StartsWith('/') ? $"file://{text}" : text, $"address of the feed `{home.Name}`") is { Scheme: "http" or "https" or "file" } address
            ? address
            : throw new FeedException($"The address `{text}` of the feed `{home.Name}` is none of `https:`, `http:` and `file:`", userError: true);
    }

    /// <summary>The npm registry, ending in a slash.</summary>
    /// <exception cref="FeedException">None is configured; the message says what to set.</exception>
    public Task<Uri> NpmRegistryAsync() => npm.Value;

    /// <summary>The sparse index that Cargo takes crates from, ending in a slash.</summary>
    /// <exception cref="FeedException">None is configured; the message says what to set.</exception>
    public Uri CargoRegistry => cargo.Value;

    /// <summary>Go's module proxies in order, each ending in a slash.</summary>
    /// <exception cref="FeedException">None is configured; the message says what to set.</exception>
    public Task<ImmutableArray<Uri>> GoProxiesAsync() => go.Value;

    /// <summary>NuGet sources in order: service index addresses or local folders.</summary>
    /// <exception cref="FeedException">None is configured; the message says what to set.</exception>
    public Task<ImmutableArray<string>> NugetSourcesAsync() => nuget.Value;

    private ImmutableArray<Uri> FindDebian()
    {
        var set = machine.Setting("IMAGECRAFT_DEBIAN_MIRROR", "debian-mirror");
        var mirrors = Addresses(set is null ? AptSources.Mirrors(machine.Root) : Listed(set), "Debian mirror");
        return mirrors.Length > 0 ? mirrors : throw None("Debian mirror", "apt's configuration", "IMAGECRAFT_DEBIAN_MIRROR", "debian-mirror");
    }

    private ImmutableArray<Uri> FindSecurity()
    {
        var set = machine.Setting("IMAGECRAFT_DEBIAN_SECURITY_MIRROR", "debian-security-mirror");
        var mirrors = Addresses(set is null ? AptSources.SecurityMirrors(machine.Root) : Listed(set), "Debian security mirror");
        return mirrors.Length > 0 ? mirrors : [.. DebianMirrors.Select(m => new Uri(m, "../debian-security/")).Distinct()];
    }

    private static string[] Listed(string text) => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    private static ImmutableArray<Uri> Addresses(IEnumerable<string> texts, string what) => [.. texts.Select(text => Base(text, what)).Where(a => a.Scheme is "http" or "https").Distinct()];

    // Cargo has a registry of its own that no file names, so one must be said.
    private Uri FindCargo()
    {
        var home = machine.Variable("CARGO_HOME") ?? Path.Combine(machine.Home, ".cargo");
        var set = machine.Setting("IMAGECRAFT_CARGO_REGISTRY", "cargo-registry") ?? new[] { Path.Combine(machine.Folder, ".cargo", "config.toml"), Path.Combine(home, "config.toml"), Path.Combine(home, "config") }.Select(CargoConfiguration.Registry).FirstOrDefault(found => found is not null);
        return set is null ? throw None("Cargo registry", "Cargo's configuration (`[source.crates-io]` with `replace-with`)", "IMAGECRAFT_CARGO_REGISTRY", "cargo-registry") : Base(set.StartsWith("sparse+", StringComparison.Ordinal) ? set["sparse+".Length..] : set, "Cargo registry");
    }

    private async Task<ImmutableArray<Uri>> FindGoAsync()
    {
        var set = machine.Setting("IMAGECRAFT_GO_PROXY", "go-proxy") ?? machine.Variable("GOPROXY") ?? (await OutputAsync("go", ["env", "GOPROXY"]))?.Trim();
        // The other words say that modules come from their repositories, or from nowhere.
        ImmutableArray<Uri> proxies = [.. (set ?? "").Split([',', '|', ' '], StringSplitOptions.RemoveEmptyEntries).Where(p => p.StartsWith("http", StringComparison.Ordinal)).Select(p => Base(p, "Go proxy"))];
        return proxies.Length > 0 ? proxies : throw None("Go proxy", "Go's configuration (`GOPROXY`)", "IMAGECRAFT_GO_PROXY", "go-proxy");
    }

    private async Task<Uri> FindNpmAsync()
    {
        var set = machine.Setting("IMAGECRAFT_NPM_REGISTRY", "npm-registry")
            ?? machine.Variable("NPM_CONFIG_REGISTRY") ?? machine.Variable("npm_config_registry")
            ?? NpmrcRegistry(Path.Combine(machine.Folder, ".npmrc")) ?? NpmrcRegistry(Path.Combine(machine.Home, ".npmrc"))
            // npm knows a registry of its own when nothing else is configured.
            ?? await LastLineAsync("npm", ["config", "get", "registry"]);
        return set is null ? throw None("npm registry", "npm's configuration", "IMAGECRAFT_NPM_REGISTRY", "npm-registry") : Base(set, "npm registry");
    }

    private async Task<ImmutableArray<string>> FindNugetAsync()
    {
        if (machine.Setting("IMAGECRAFT_NUGET_SOURCE", "nuget-source") is { } set) return [.. set.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)];
        var text = await OutputAsync("dotnet", ["nuget", "list", "source", "--format", "short"]) ?? "";
        // Each line is a letter (E for enabled) and flags, a blank, and the source.
        ImmutableArray<string> sources = [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith('E') && l.Contains(' ', StringComparison.Ordinal)).Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim())];
        return sources.Length > 0 ? sources : throw None("NuGet source", "NuGet's configuration", "IMAGECRAFT_NUGET_SOURCE", "nuget-source");
    }

    private static string? NpmrcRegistry(string path)
    {
        if (!File.Exists(path)) return null;
        foreach (var line in File.ReadLines(path))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[..equals].Trim() == "registry") return line[(equals + 1)..].Trim().Trim('"');
        }
        return null;
    }

    private async Task<string?> LastLineAsync(string program, string[] arguments) =>
        (await OutputAsync(program, arguments))?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(l => l.StartsWith("http", StringComparison.Ordinal));

    private async Task<string?> OutputAsync(string program, string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var result = await Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory(machine.Folder)
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
            return result.IsSuccess ? result.StandardOutput : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return null;
        }
    }

    private static Uri Base(string text, string what) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address)
            ? address
            : throw new FeedException($"The {what} `{text}` is not an address such as `https://example.org/debian`", userError: true);

    private FeedException None(string what, string where, string variable, string key) =>
        new($"No {what} is configured on this machine: {where} names none; set the variable `{variable}`, or `{key}:` in `{machine.UserFile}`", userError: false);
}
