// The engine's front: one store, one set of built-ins, many builds. Unaware of recipes, boards and images.

using System.Collections.Frozen;
using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Sandbox;
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
        Store = new ContentStore(options.CacheRoot, options.Boot);
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
        using var only = await WorkspaceLock.TakeAsync(Options.StateFolder, Tell, stop);
        try
        {
            await Store.RecoverAsync(Tell, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The build below says that it was stopped.
        }

        using var lease = Store.BeginLease();
        using var run = new BuildRun(Options, Store, Cache, builtIns, fetcher, graph, events, stop, kill);
        return await run.RunAsync(goals);

        void Tell(string words) => events(new BuildEvent.Notice(TimeSpan.Zero, words));
    }

    /// <summary>Says why <paramref name="id"/> would run now, or why it last ran, back to the first cause. Runs nothing.</summary>
    /// <param name="graph">The planned actions.</param>
    /// <param name="id">Which one.</param>
    /// <param name="tell">Told when the cache has to be checked first, because the machine was restarted.</param>
    /// <exception cref="GraphException">None of the graph's actions is named so.</exception>
    public WhyAnswer Explain(ActionGraph graph, ActionId id, Action<string>? tell = null) => Ask(graph, why => why.Explain(id), tell);

    /// <summary>Says what a build of all actions would do now, in the order of the graph. Runs nothing.</summary>
    /// <param name="graph">The planned actions.</param>
    /// <param name="tell">Told when the cache has to be checked first, because the machine was restarted.</param>
    public ImmutableArray<Forecast> Forecast(ActionGraph graph, Action<string>? tell = null) => Ask(graph, why => why.Forecast(), tell);

    /// <summary>Makes all that <paramref name="id"/> reads and then its sandbox, with a command on the terminal; what it leaves is not looked at.</summary>
    /// <returns>The shell, or the failed build of what it needs.</returns>
    /// <exception cref="GraphException">No process of the graph is named so, or what is kept was kept of another.</exception>
    public async Task<(SandboxShell? Shell, BuildResult Result)> ShellAsync(ActionGraph graph, ActionId id, TerminalUse use, Action<BuildEvent> events, CancellationToken stop = default)
    {
        if (!graph.Nodes.TryGetValue(id, out var action) || action.Work is not ActionWork.Process)
            throw new GraphException($"`{id}` is no process of this plan, so it has no sandbox");
        var root = Options.SandboxRoot ?? throw new GraphException("No tool root with bubblewrap is known");
        var needed = action.Inputs.Select(i => i.Source).OfType<InputSource.OutputOf>().Select(o => o.Action).Append(root.Action).Distinct().ToList();
        var result = await RunAsync(graph, needed, events, stop);
        if (!result.Succeeded)
            return (null, result);
        var memory = WorkspaceMemory.Load(Options.StateFolder, Options.CacheRoot, Options.Boot);
        var manifests = new ManifestBuilder(Options, builtIns, Store, memory.Files);
        return (await SandboxShell.OpenAsync(Options, Store, manifests, action, use, result, result.Output(root.Action, root.Output), stop), result);
    }

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();

    T Ask<T>(ActionGraph graph, Func<Why, T> question, Action<string>? tell)
    {
        Store.RecoverAsync(tell, CancellationToken.None).GetAwaiter().GetResult();
        using var lease = Store.BeginLease();
        var memory = WorkspaceMemory.Load(Options.StateFolder, Options.CacheRoot, Options.Boot);
        return question(new Why(Store, Cache, new ManifestBuilder(Options, builtIns, Store, memory.Files), memory, graph));
    }
}
