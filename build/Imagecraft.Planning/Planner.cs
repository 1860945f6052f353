// The whole plan of an image: workspace and lock in, action graph and goals out. Pure.

using System.Collections.Immutable;
using Imagecraft.Engine.Graph;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning.Debugging;
using Imagecraft.Planning.Development;
using Imagecraft.Planning.Imaging;
using Imagecraft.Planning.Models;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning;

/// <summary>What is to be built.</summary>
/// <param name="Board">The board.</param>
/// <param name="Image">The image.</param>
/// <param name="Graph">All actions; null when there are errors.</param>
/// <param name="Artifacts">File name in <c>out/BOARD/IMAGE/</c> to the output that it is.</param>
/// <param name="Qemu">The tool root with QEMU, in which checks run; null for boards without.</param>
/// <param name="Sandbox">The tool root with bubblewrap, which the engine needs first.</param>
/// <param name="Checks">What the booted image must pass.</param>
/// <param name="Diagnostics">All problems.</param>
public sealed record ImageBuild(
    Board Board,
    Image Image,
    ActionGraph? Graph,
    ImmutableSortedDictionary<string, OutputRef> Artifacts,
    OutputRef? Qemu,
    OutputRef Sandbox,
    ImmutableArray<PlannedCheck> Checks,
    ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>What every boot of it must show, beside its checks.</summary>
    public PlannedBoot Boot { get; init; } = PlannedBoot.Nothing;

    /// <summary>What was planned besides the image, in the order in which it was asked for.</summary>
    public ImmutableArray<PlannedExtra> Extras { get; init; } = [];

    /// <summary>The root file system of the image as a tar, before it becomes a file system of any kind.</summary>
    public OutputRef RootFs => new(Imaging.ImagePlanner.RootFsOf(Image.Name, Board.Name), Imagecraft.Requests.Imaging.MakeRootFsRequest.TarOutput.Name);

    /// <summary>The kernel's arguments.</summary>
    public string CommandLine => BoardTarget.CommandLineOf(Board, Image);

    /// <summary>The artifact with those arguments, where only the build knows the root's identifier in them; null when they are known.</summary>
    public string? CommandLineFile => Artifacts.ContainsKey(Imaging.Formats.Artifacts.CommandLine) ? Imaging.Formats.Artifacts.CommandLine : null;
}

/// <summary>Makes plans.</summary>
public static class Planner
{
    /// <summary>Plans the image <paramref name="imageName"/> (null: the board's default) for the board <paramref name="boardName"/>.</summary>
    /// <param name="workspace">The merged metadata.</param>
    /// <param name="lockFile">The lock.</param>
    /// <param name="options">The machine's part.</param>
    /// <param name="boardName">A board of the workspace; the caller has checked it.</param>
    /// <param name="imageName">An image of the workspace.</param>
    /// <param name="extras">Recipes and models to plan besides (for <c>build NAME</c>).</param>
    public static ImageBuild Plan(Workspace workspace, LockFile lockFile, PlanOptions options, string boardName, string? imageName, params ImmutableArray<Extra> extras)
    {
        var context = new PlanContext(workspace, lockFile, options);
        var board = workspace.Boards[boardName];
        var image = workspace.Images[imageName ?? board.DefaultImage.Value];
        var toolRoots = new ToolRoots(context);
        var sources = new SourcePlanner(context, toolRoots);
        var sandbox = toolRoots.Plan("sandbox", board.Name.Span);
        var inference = Inference.Of(workspace, board);
        ImmutableArray<PlannedExtra> planned = [];
        var artifacts = ImmutableSortedDictionary<string, OutputRef>.Empty;
        if (workspace.Architectures.TryGetValue(board.Architecture, out var architecture))
        {
            var target = BoardTarget.Of(board, image, Target.Of(architecture, board));
            var recipes = new RecipePlanner(context, toolRoots, sources, target);
            var models = new ModelPlanner(context, toolRoots, sources, new DatasetPlanner(context, toolRoots, sources), inference, new InstructionCounter(context, toolRoots, recipes, target));
            if (board.Inference.Accelerator is { } chosen && workspace.Accelerators.TryGetValue(chosen, out var accelerator) && !CheckPlanner.Accelerators(workspace, board).Contains(accelerator))
                context.Error("IC0370", $"Networks of board `{board.Name}` run on `{chosen}`, whose driver the kernel `{board.Kernel}` does not have", chosen.Span, $"Boot a kernel from {accelerator.SinceKernel} on, or let the CPU run them");
            artifacts = new ImagePlanner(context, toolRoots, recipes, models, target).Plan();
            planned = [.. extras.Select(extra => extra switch
            {
                Extra.SourcesOf edited => new(sources.PlanRepository(workspace.Recipes[edited.Name]), []),
                Extra.Debugger debugger => new([new InspectionPlan(context, toolRoots, recipes, sources, target).Debugger(debugger.WithSources)], []),
                Extra.Profiler => new([new InspectionPlan(context, toolRoots, recipes, sources, target).Profiler()], []),
                Extra.Sdk => new(new SdkPlan(context, toolRoots, recipes, target).Plan(), []),
                _ => PlanExtra(extra, recipes, models, workspace),
            })];
        }
        else
        {
            context.Error("IC0301", $"No architecture is named `{board.Architecture}`", board.Architecture.Span, Nearest.Hint(board.Architecture, workspace.Architectures.Keys, "architecture"));
        }

        var qemu = board.Qemu is null ? null : toolRoots.Plan("qemu", board.Qemu.System.Span);
        foreach (var root in options.ToolRoots)
            toolRoots.Plan(root, null);
        var checks = CheckPlanner.Of(context, board, image, inference);
        var diagnostics = context.Diagnostics.DistinctBy(d => (d.Code, d.Message, d.Span)).ToImmutableArray();
        var graph = diagnostics.Any(d => d.Severity == Severity.Error) ? null : ActionGraph.Create(context.Nodes);
        return new(board, image, graph, artifacts, qemu, sandbox, checks, diagnostics) { Boot = PlannedBoot.Of(context, board, image), Extras = planned };
    }

    private static readonly SourceSpan CommandLine = new("(command line)", 1, 1, 0);

    private static PlannedExtra PlanExtra(Extra extra, RecipePlanner recipes, ModelPlanner models, Workspace workspace)
    {
        switch (extra)
        {
            case Extra.OfModel named:
                var wanted = Deployment.Of(workspace.Models[named.Name], models.Inference).Where(d => named.Variant is null || d.Variant == named.Variant);
                return Planned(wanted.Select(models.Plan));
            case Extra.OfSetting setting:
                return Planned([models.Plan(Deployment.OfSetting(setting.Model, setting.Label, models.Inference))]);
            case Extra.Counted counted:
                var all = PlanExtra(counted.Network, recipes, models, workspace).Models;
                return Planned(all.Select(models.Counted));
            case Extra.OfRecipe { ForHost: true } recipe:
                return new([.. recipes.PlanForHost(recipe.Name, CommandLine) is { } plan ? ImmutableArray.Create(plan.Install) : []], []);
            case Extra.MenuOf menu:
                return new(recipes.PlanMenu(menu.Name, CommandLine), []);
            case Extra.OfRecipe recipe:
                return new([.. recipes.Plan(recipe.Name, CommandLine)?.Packages.Values ?? []], []);
            default:
                throw new InvalidOperationException($"No planner for {extra.GetType().Name}");
        }

        static PlannedExtra Planned(IEnumerable<PlannedModel> models)
        {
            ImmutableArray<PlannedModel> all = [.. models];
            return new([.. all.SelectMany(m => m.Outputs)], all);
        }
    }
}
