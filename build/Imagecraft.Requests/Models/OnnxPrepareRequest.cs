// What `onnx-prepare` is told. Unaware of what passes do.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Requests.Models;

/// <summary>A network gets its form and goes through passes, each verified on the recipe's samples, whose inputs are those of <see cref="NetworkSamples"/>.</summary>
public sealed record OnnxPrepareRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-prepare";

    /// <summary>The network as published.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The prepared network.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <summary>How it is run.</summary>
    public required NetworkForm Form { get; init; }

    /// <summary>What passes are verified on.</summary>
    public required NetworkSamples Samples { get; init; }

    /// <summary>Whose passes of ONNX Runtime run at the end.</summary>
    public OptimizationLevel Optimize { get; init; }

    /// <summary>Passes that are left out.</summary>
    public ImmutableArray<string> Without { get; init; } = [];

    /// <summary>The passes that run; empty: all but those of <see cref="Without"/>.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>By how much a pass may change outputs.</summary>
    public Tolerance Tolerance { get; init; } = new();

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec];
}
