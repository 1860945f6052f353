// Registries and the downloader of one call, made when first needed. Unaware of what is downloaded.

using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Building;

/// <summary>What brings files from outside; a call that needs nothing from outside never makes it.</summary>
public sealed class Fetching : IDisposable
{
    private readonly Lazy<Fetcher> _fetcher;

    /// <summary>Reads the machine's configuration when first asked.</summary>
    public Fetching(Session session, bool offline)
    {
        Registries = new Registries(Machine.This(session.WorkspaceRoot));
        _fetcher = new Lazy<Fetcher>(() => new Fetcher(Registries, new FetcherOptions { Offline = offline }));
    }

    /// <summary>Where registries are, as this machine is set up.</summary>
    public Registries Registries { get; }

    /// <summary>The downloader.</summary>
    public Fetcher Fetcher => _fetcher.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fetcher.IsValueCreated)
            _fetcher.Value.Dispose();
    }
}
