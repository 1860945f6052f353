// Registries and the downloader of one call, made when first needed. Unaware of what is downloaded.

using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Cli.Building;

/// <summary>What brings files from outside; a call that needs nothing from outside never makes it.</summary>
public sealed class Fetching : IDisposable
{
    private readonly Lazy<Fetcher> _fetcher;

    /// <summary>Reads the machine's configuration when first asked.</summary>
    /// <param name="session">The call.</param>
    /// <param name="offline">No network.</param>
    /// <param name="workspace">Has feeds of its own; null: none is asked.</param>
    public Fetching(Session session, bool offline, Workspace? workspace = null)
    {
        Registries = new Registries(Machine.This(session.WorkspaceRoot), [.. workspace is null ? [] : LockSets.Feeds(workspace, session.WorkspaceRoot).Select(feed => feed.Home).OfType<FeedHome>()]);
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
