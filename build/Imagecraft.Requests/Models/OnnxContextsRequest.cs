// What `onnx-contexts` is told. Unaware of commands.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Models;

/// <summary>The parts of a network that an accelerator runs are compiled for it, so that the board need not.</summary>
/// <param name="Name">The model, for messages.</param>
/// <param name="Compiler">One of <c>ContextNames</c>: whose parts they are.</param>
public sealed record OnnxContextsRequest(string Name, string Compiler) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-contexts";

    /// <summary>The very file that is deployed.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The same network with a node for each part, as ONNX Runtime calls it (<c>EPContext</c>); no bytes where there is nothing to compile.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec];
}
