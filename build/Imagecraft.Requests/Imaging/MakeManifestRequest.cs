// What `make-manifest` is told. Unaware of recipes.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.Manifests;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Requests.Imaging;

/// <summary>What is known before anything is built becomes the whole manifest.</summary>
/// <param name="Manifest">Without artifacts, and of models without what stands on their cards.</param>
public sealed record MakeManifestRequest(ImageManifest Manifest) : IRequest
{
    private static readonly InputSlots Cards = new("/card/");

    /// <inheritdoc/>
    public static string FunctionName => "make-manifest";

    /// <summary>The artifacts by name.</summary>
    public static InputSlots ArtifactInputs { get; } = new("/artifact/");

    /// <summary>The manifest.</summary>
    public static OutputSlot ManifestOutput => OutputSlot.File;

    /// <summary>The card of a model.</summary>
    public static InputSlot CardInput(ManifestModel model) => Cards.At(TargetPath.Parse(model.Path).Name);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ManifestOutput.Spec];
}
