// git of the core layer's tool root, for layers that must be there before the workspace can be read. Unaware of layers.

using Imagecraft.BuiltIns;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata;
using Imagecraft.Planning;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Cli.Building;

/// <summary>Planned from the core layer and its lock alone, so that no other layer decides which program fetches it. The tool root is there until this is disposed of.</summary>
internal sealed class CoreGit : IDisposable
{
    private readonly BuildEngine _engine;

    private CoreGit(BuildEngine engine, GitCommand command) => (_engine, Command) = (engine, command);

    /// <summary>Starts git with the network.</summary>
    public GitCommand Command { get; }

    /// <summary>Makes the tool root as far as the cache does not have it. What is made is told on the error stream: the other one may be somebody's JSON.</summary>
    /// <param name="session">The call.</param>
    /// <param name="fetching">Downloads.</param>
    /// <param name="offline">No network.</param>
    /// <param name="state">A folder for the memory of this build, which is none of the workspace's.</param>
    /// <exception cref="DiagnosticsException">The core layer has no such tool root.</exception>
    /// <exception cref="ProblemException">It could not be made; why was told.</exception>
    public static async Task<CoreGit> OpenAsync(Session session, Fetching fetching, bool offline, string state)
    {
        var core = WorkspaceLoader.Load(session.CoreRoot, WorkspaceLoader.ReadFile(session.CoreRoot).File);
        var plan = ToolPlan.Of(core.Workspace, LockKeeper.ReadCore(session), Composition.PlanOptions(session), Downloads.GitToolRoot);
        if (plan.Graph is null)
            throw new DiagnosticsException(plan.Diagnostics);
        var engine = new BuildEngine(
            new EngineOptions { CacheRoot = session.CacheRoot, WorkspaceRoot = state, Offline = offline, SandboxRoot = new InputSource.OutputOf(plan.Sandbox.Action, plan.Sandbox.Output) },
            BuiltInFunctions.All, new EngineFetcher(fetching));
        try
        {
            var interrupts = session.Interrupts.Listen();
            using var renderer = new PlainRenderer(session.Console.Diagnostics, new BuildText(""), TimeProvider.System);
            var result = await engine.RunAsync(plan.Graph, [plan.Sandbox.Action, plan.Roots[0].Action], told => Show(renderer, told), interrupts.Gentle, interrupts.Hard).ConfigureAwait(false);
            if (!result.Succeeded)
                throw new ProblemException(result.ExitCode, "The tool root `git`, which fetches layers, could not be made ready");
            return new(engine, GitSandbox.Of(new FetchTools(await FolderAsync(plan.Sandbox).ConfigureAwait(false), await FolderAsync(plan.Roots[0]).ConfigureAwait(false))));

            Task<string> FolderAsync(OutputRef output) => engine.Store.MaterializeAsync(result.Output(output.Action, output.Output).Digest, interrupts.Gentle);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    // That a build ended is nothing to tell of one that nobody asked for.
    private static void Show(PlainRenderer renderer, Engine.Events.BuildEvent told)
    {
        if (told is not Engine.Events.BuildEvent.BuildEnded)
            renderer.Handle(VisibleEvent.Of(told));
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();
}
