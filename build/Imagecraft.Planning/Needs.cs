// Which documents a plan begins with; whatever they name comes along. Unaware of what they say.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata;
using Imagecraft.Planning.Debugging;
using Imagecraft.Planning.Development;
using Imagecraft.Planning.Imaging.Formats;
using Imagecraft.Planning.Models;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Planning;

/// <summary>Roots of plans in a workspace.</summary>
public static class Needs
{
    /// <summary>Tool roots that plans use without any document that names them.</summary>
    private static readonly ImmutableArray<string> Implied = [DatasetPlanner.AudioToolRoot, DotnetAotSystem.ToolRoot, "formats", Downloads.GitToolRoot, SourcePlanner.HostToolRoot, "qemu", "sandbox"];

    /// <summary>What the plan of an image for a board begins with.</summary>
    /// <param name="workspace">Where the board is looked up.</param>
    /// <param name="board">Name of a board.</param>
    /// <param name="image">Name of an image.</param>
    /// <param name="extras">What is planned besides.</param>
    /// <param name="toolRoots">Tool roots that are planned besides.</param>
    public static IEnumerable<DocumentId> Of(Workspace workspace, string board, string image, IEnumerable<Extra> extras, IEnumerable<string> toolRoots) =>
    [
        new(KindNames.Board, board),
        new(KindNames.Image, image),
        .. extras.SelectMany(extra => Of(extra, workspace.Boards.GetValueOrDefault(board)?.Architecture.Value)),
        .. Implied.Concat(toolRoots).Concat(workspace.Boards.TryGetValue(board, out var known) ? ImpliedBy(workspace, known) : []).Select(root => new DocumentId(KindNames.ToolRoot, root)),
    ];

    private static IEnumerable<string> ImpliedBy(Workspace workspace, Board board) =>
    [
        .. BootArtifacts.NamesOf(board).Any() ? ImmutableArray.Create(BootArtifacts.ToolRoot) : [],
        .. workspace.Architectures.GetValueOrDefault(board.Architecture)?.Counting is { } counting ? ImmutableArray.Create(counting.ToolRoot.Value) : [],
    ];

    // A setting may name datasets that its recipe does not.
    private static IEnumerable<DocumentId> Of(Extra extra, string? architecture) => extra switch
    {
        Extra.OfRecipe recipe => [new(KindNames.Recipe, recipe.Name)],
        Extra.SourcesOf recipe => [new(KindNames.Recipe, recipe.Name)],
        Extra.MenuOf recipe => [new(KindNames.Recipe, recipe.Name), new(KindNames.ToolRoot, KconfigMenu.ToolRoot)],
        Extra.Debugger => [new(KindNames.ToolRoot, InspectionPlan.DebuggerToolRoot)],
        Extra.Profiler => [new(KindNames.ToolRoot, InspectionPlan.DebuggerToolRoot), new(KindNames.ToolRoot, InspectionPlan.ProfilerToolRoot)],
        Extra.Sdk =>
        [
            new(KindNames.Recipe, SdkPlan.DebugServer),
            new(KindNames.ToolRoot, SdkPlan.ContainerToolRoot),
            .. architecture is null ? [] : new[] { SdkPlan.ToolRoot, SdkPlan.CompilerToolRoot }.Select(root => new DocumentId(KindNames.ToolRoot, root + architecture)),
        ],
        Extra.OfModel model => [new(KindNames.Model, model.Name)],
        Extra.OfSetting { Model: var model } => new[] { model.Quantize?.Calibration?.Dataset, model.Quantize?.Search?.Dataset, model.Evaluate?.Dataset, model.Golden?.Dataset }.OfType<Sited<string>>().Select(d => new DocumentId(KindNames.Dataset, d)).Append(new(KindNames.Model, model.Name)),
        Extra.Counted counted => Of(counted.Network, architecture).Append(new(KindNames.Recipe, InstructionCounter.Runtime)),
        _ => throw new InvalidOperationException($"No needs of {extra.GetType().Name}"),
    };
}
