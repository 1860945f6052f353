// What `onnx-gather` is told. Unaware of where files come from.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Models;

/// <summary>A network and the files that values of its tensors lie in become one file.</summary>
/// <param name="Name">The model, for messages.</param>
/// <param name="Files">The names that the network gives the files; each comes at <see cref="DataInputs"/> by its place in this list.</param>
public sealed record OnnxGatherRequest(string Name, ImmutableArray<string> Files) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-gather";

    /// <summary>The network as published.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The other files.</summary>
    public static InputSlots DataInputs { get; } = new("/data/");

    /// <summary>All in one.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec];
}
