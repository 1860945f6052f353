// What `make-checksums` is told. Unaware of what the artifacts are.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Imaging;

/// <summary>Artifacts are listed with their checksums.</summary>
public sealed record MakeChecksumsRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "make-checksums";

    /// <summary>The artifacts by name.</summary>
    public static InputSlots ArtifactInputs { get; } = new("/artifact/");

    /// <summary>The list.</summary>
    public static OutputSlot ListOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ListOutput.Spec];
}
