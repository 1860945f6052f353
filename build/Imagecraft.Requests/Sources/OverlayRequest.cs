// What `overlay` is told. Unaware of patches.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Sources;

/// <summary>A tree is laid over another.</summary>
public sealed record OverlayRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "overlay";

    /// <summary>The lower tree.</summary>
    public static InputSlot BelowInput { get; } = new("/below");

    /// <summary>The upper tree.</summary>
    public static InputSlot AboveInput { get; } = new("/above");

    /// <summary>Paths of the lower tree that go, one a line.</summary>
    public static InputSlot RemovedInput { get; } = new("/removed");

    /// <summary>Both in one.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec];
}
