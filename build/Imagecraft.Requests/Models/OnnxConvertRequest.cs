// What `onnx-convert` is told. Unaware of formats.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Models;

/// <summary>A network is converted to ONNX Runtime's own format.</summary>
/// <param name="Name">The model, for messages.</param>
public sealed record OnnxConvertRequest(string Name) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-convert";

    /// <summary>The network.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The same as <c>.ort</c>.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec];
}
