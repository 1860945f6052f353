// One building call: workspace, lock, plan, engine, renderers, in this order. Unaware of verbs.

using System.Collections.Immutable;
using Imagecraft.BuiltIns;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Editing;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using Imagecraft.Feeds.Locking;
using Imagecraft.Feeds;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>Plans and builds what one call asks for.</summary>
public sealed class Workshop : IDisposable
{
    private readonly Session _session;
    private readonly BuildRequest _request;
    private readonly ImmutableArray<Extra> _extras;
    private readonly WorkspaceReading _reading;
    private readonly LockKeeper _lockKeeper;
    private readonly Fetching _fetching;
    private LockFile _lock = LockFile.Empty;
    private MergedPlans? _merged;

    private Workshop(Session session, BuildRequest request, ImmutableArray<Extra> extras, WorkspaceReading reading, LockFile present)
    {
        _session = session;
        _request = request;
        _extras = extras;
        _reading = reading;
        Selections = Selection.AllOf(reading, request);
        _fetching = new Fetching(session, request.Offline, reading.Workspace);
        _lockKeeper = new LockKeeper(session, reading, _fetching, present);
    }

    /// <summary>The merged metadata, as the first board and image have it.</summary>
    public Workspace Workspace => For(Selection).Workspace;

    /// <summary>All boards and images that are built in one graph; as a rule one.</summary>
    public ImmutableArray<Selection> Selections { get; }

    /// <summary>The first board and image.</summary>
    public Selection Selection => Selections[0];

    /// <summary>The workspace or a plan gave warnings, which were printed.</summary>
    public bool HasWarnings { get; private set; }

    /// <summary>The plans of <see cref="Selections"/>; without errors.</summary>
    public ImmutableArray<ImageBuild> Plans => _merged!.Plans;

    /// <summary>The first plan.</summary>
    public ImageBuild Plan => Plans[0];

    /// <summary>How many actions of a plan the others have too.</summary>
    public int Shared(ImageBuild plan) => _merged!.Shared(plan);

    /// <summary>The actions of all plans, each once.</summary>
    public ActionGraph Graph => _merged!.Graph;

    /// <summary>Where the artifacts of the first image go.</summary>
    public string OutputFolder => FolderOf(Plan);

    /// <summary>Where the artifacts of an image go.</summary>
    public string FolderOf(ImageBuild plan) => _session.OutputFolder(plan.Board.Name, plan.Image.Name);

    /// <summary>Reads the workspace, readies the lock and plans.</summary>
    /// <param name="session">The call.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="extras">Finds what to plan besides the image.</param>
    /// <exception cref="DiagnosticsException">What is asked for has errors, in the workspace or in the plan.</exception>
    public static async Task<Workshop> OpenAsync(Session session, BuildRequest request, Func<WorkspaceReading, ImmutableArray<Extra>>? extras = null)
    {
        var present = LockKeeper.ReadAsync(session);
        var reading = Composition.Load(session, request.Offline);
        var workshop = new Workshop(session, request with { Last = LastChoice.Read(session) }, extras?.Invoke(reading) ?? [], reading, await present.ConfigureAwait(false));
        workshop.Selection.Tell(session);
        var reach = Composition.Require(session, reading, workshop.Selections.SelectMany(s => Needs.Of(reading.Workspace, s.Board, s.Image, workshop._extras, request.ToolRoots)));
        workshop._lock = await workshop._lockKeeper.ReadyAsync(reach.Documents.Contains, request.Locked, request.Offline, session.Interrupts.Gentle).ConfigureAwait(false);
        workshop.MakePlans();
        Composition.Report(session, [.. workshop.Plans.SelectMany(p => p.Diagnostics)]);
        if (!workshop._extras.Any(extra => extra is Extra.SourcesOf))
            EditNotice.Tell(session, workshop.Workspace, workshop.Graph);
        workshop.HasWarnings = reach.Others > 0 || workshop.Plans.Any(p => !p.Diagnostics.IsEmpty);
        return workshop;
    }

    /// <summary>Builds the goals that <paramref name="goals"/> finds in the plan and tells about it. Packages that no mirror has any more are replaced once by the suites' current ones.</summary>
    /// <param name="goals">Asked again after a new plan.</param>
    /// <param name="deliver">Takes the outputs; see <see cref="EngineOptions.Deliver"/>.</param>
    /// <param name="observers">Further consumers of the events.</param>
    public async Task<BuildResult> BuildAsync(Func<ImageBuild, IEnumerable<ActionId>> goals, Func<BuildResult, BuildEngine, CancellationToken, Task>? deliver, params IBuildRenderer[] observers)
    {
        var fetcher = new EngineFetcher(_fetching);
        var result = await RunAsync(goals, deliver, fetcher, observers).ConfigureAwait(false);
        if (result.Succeeded || result.Cancelled || _request.Locked || _request.Offline || fetcher.Absent.Count == 0)
            return result;
        if (await ReplaceMissingAsync(fetcher.Absent).ConfigureAwait(false) is not { } renewed)
            return result;
        _lock = renewed;
        MakePlans();
        return await RunAsync(goals, deliver, new EngineFetcher(_fetching), observers).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _fetching.Dispose();

    /// <summary>An engine on the plan's sandbox.</summary>
    public BuildEngine OpenEngine(IFetcher? fetcher = null, Func<BuildResult, BuildEngine, CancellationToken, Task>? deliver = null)
    {
        BuildEngine? engine = null;
        var options = new EngineOptions
        {
            CacheRoot = _session.CacheRoot,
            WorkspaceRoot = _session.WorkspaceRoot,
            Cpus = _request.Jobs ?? Environment.ProcessorCount,
            KeepGoing = _request.KeepGoing,
            Offline = _request.Offline,
            VerifiedShare = _request.VerifiedShare,
            SandboxRoot = new InputSource.OutputOf(Plan.Sandbox.Action, Plan.Sandbox.Output),
            Deliver = deliver is null ? null : (result, cancellation) => deliver(result, engine!, cancellation),
        };
        if (!_request.Offline)
            options = RemoteChoice.With(options, _session, _reading.Own);
        engine = new BuildEngine(options, BuiltInFunctions.All, fetcher ?? new EngineFetcher(_fetching));
        return engine;
    }

    private async Task<BuildResult> RunAsync(Func<ImageBuild, IEnumerable<ActionId>> goals, Func<BuildResult, BuildEngine, CancellationToken, Task>? deliver, EngineFetcher fetcher, IBuildRenderer[] observers)
    {
        var interrupts = _session.Interrupts.Listen();
        using var engine = OpenEngine(fetcher, deliver);
        using var renderers = Renderers.For(_session, _request, observers);
        return await engine.RunAsync(Graph, [.. Plans.SelectMany(goals).Distinct()], renderers.Handle, interrupts.Gentle, interrupts.Hard).ConfigureAwait(false);
    }

    private async Task<LockFile?> ReplaceMissingAsync(IReadOnlyCollection<string> hashes)
    {
        try
        {
            return await _lockKeeper.ReplaceAsync(_lock, hashes, _session.Interrupts.Gentle).ConfigureAwait(false);
        }
        catch (FeedException problem) when (problem.Cause == FeedCause.Incomplete)
        {
            _session.Console.WriteError(problem.Message, "Name another mirror by IMAGECRAFT_DEBIAN_MIRROR, or wait until this one is complete; what its index names by then, `./build.sh lock --update` takes");
            return null;
        }
        catch (FeedException problem) when (!problem.UserError)
        {
            _session.Console.WriteError($"What replaces missing packages could not be found out: {problem.Message}", null);
            return null;
        }
    }

    /// <summary>What the layers say for a board and image.</summary>
    /// <exception cref="DiagnosticsException">Decided conditions and choices make an error of it.</exception>
    private WorkspaceReading For(Selection selection)
    {
        var reading = _reading.For(selection.Board, selection.Image, Machines.HostArchitecture);
        return reading == _reading || reading.Reach(Needs.Of(reading.Workspace, selection.Board, selection.Image, _extras, _request.ToolRoots)) is not { HasErrors: true } reach ? reading : throw new DiagnosticsException(reach.Problems);
    }

    private void MakePlans()
    {
        var options = Composition.PlanOptions(_session) with { ToolRoots = _request.ToolRoots, OnBoard = _request.OnBoard };
        ImmutableArray<ImageBuild> plans = [.. Selections.Select(s => Planner.Plan(For(s).Workspace, _lock, options, s.Board, s.Image, _extras))];
        _merged = GraphMerge.Of(plans) ?? throw new DiagnosticsException([.. plans.SelectMany(p => p.Diagnostics).DistinctBy(d => (d.Code, d.Message, d.Span))]);
    }
}
