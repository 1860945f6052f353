// The engine's front: one store, one set of built-ins, many builds. Unaware of recipes, boards and images.

using System.Collections.Frozen;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

/// <summary>Builds goals of action graphs. One engine runs one build at a time; several engines may share a cache folder.</summary>
public sealed class BuildEngine : IDisposable
{
    readonly FrozenDictionary<string, IBuiltIn> builtIns;
    readonly IFetcher fetcher;

    /// <summary>Opens the cache.</summary>
    public BuildEngine(EngineOptions options, IEnumerable<IBuiltIn> builtIns, IFetcher fetcher)
    {
        // Modes of files must not depend on who builds; the mask is the process's, and its children inherit it.
        _ = FileMask.Set(0x12);
        Options = options;
        this.builtIns = builtIns.ToFrozenDictionary(b => b.Name, StringComparer.Ordinal);
        this.fetcher = fetcher;
        Store = new ContentStore(options.CacheRoot);
        Cache = new ActionCache(Store);
    }

    /// <summary>The settings.</summary>
    public EngineOptions Options { get; }

    /// <summary>The content store of the cache folder.</summary>
    public ContentStore Store { get; }

    /// <summary>The results of the cache folder.</summary>
    public ActionCache Cache { get; }

    /// <summary>Makes <paramref name="goals"/> and all they need, as far as the cache does not have it.</summary>
    /// <param name="graph">The planned actions.</param>
    /// <param name="goals">What is wanted.</param>
    /// <param name="events">Told everything, on one thread, in order.</param>
    /// <param name="stop">Starts nothing more and ends children gently.</param>
    /// <param name="kill">Ends children at once.</param>
    /// <exception cref="GraphException">A goal is none of the graph's actions.</exception>
    public async Task<BuildResult> RunAsync(ActionGraph graph, IReadOnlyList<ActionId> goals, Action<BuildEvent> events, CancellationToken stop = default, CancellationToken kill = default)
    {
        using var lease = Store.BeginLease();
        using var run = new BuildRun(Options, Store, Cache, new ManifestBuilder(Options, builtIns, Store), fetcher, graph, events, stop, kill);
        return await run.RunAsync(goals);
    }

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();
}
