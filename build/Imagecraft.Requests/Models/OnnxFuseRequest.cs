// What `onnx-fuse` is told. Unaware of what is fused.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Requests.Models;

/// <summary>Operators of a prepared network are fused, which is verified on the recipe's samples, whose inputs are those of <see cref="NetworkSamples"/>.</summary>
public sealed record OnnxFuseRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-fuse";

    /// <summary>The prepared network.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The fused network.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <summary>How it is run.</summary>
    public required NetworkForm Form { get; init; }

    /// <summary>What it is verified on.</summary>
    public required NetworkSamples Samples { get; init; }

    /// <summary>How far ONNX Runtime goes.</summary>
    public OptimizationLevel Optimize { get; init; }

    /// <summary>By how much outputs may change.</summary>
    public Tolerance Tolerance { get; init; } = new();

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec];
}
