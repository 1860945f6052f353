// All checks of a workspace with who declares them. Unaware of what is asked of them.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Collects checks.</summary>
static class OwnedChecks
{
    /// <summary>Begins a need of an accelerator.</summary>
    public const string AcceleratorThing = "accelerator:";

    /// <summary>All of them by who declares them.</summary>
    public static (DocumentId Owner, ImmutableArray<CheckSpec> Checks)[] Of(Workspace workspace) =>
    [
        .. workspace.Recipes.Values.Select(recipe => (new DocumentId(KindNames.Recipe, recipe.Name), recipe.Checks)),
        .. workspace.Boards.Values.Select(board => (new DocumentId(KindNames.Board, board.Name), board.Checks)),
        .. workspace.Images.Values.Select(image => (new DocumentId(KindNames.Image, image.Name), image.Checks)),
        .. workspace.Features.Values.Select(feature => (new DocumentId(KindNames.Feature, feature.Name), feature.Checks)),
        .. workspace.Accelerators.Values.Select(accelerator => (new DocumentId(KindNames.Accelerator, accelerator.Name), accelerator.Checks)),
        .. workspace.Models.Values.Select(model => (new DocumentId(KindNames.Model, model.Name), model.Checks)),
    ];
}
