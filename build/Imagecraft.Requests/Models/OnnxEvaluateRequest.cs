// What `onnx-evaluate` is told. Unaware of metrics.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Models;

/// <summary>A network is judged on all of a split.</summary>
/// <param name="Form">How it is run.</param>
/// <param name="Goal">What is measured and allowed.</param>
public sealed record OnnxEvaluateRequest(NetworkForm Form, AccuracyGoal Goal) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-evaluate";

    /// <summary>The network as published, which sets the mark.</summary>
    public static InputSlot OriginalInput { get; } = new("/original.onnx");

    /// <summary>The network that is judged.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The dataset of <see cref="Goal"/>.</summary>
    public static InputSlot DatasetInput { get; } = new("/dataset");

    /// <summary>The figures, as JSON.</summary>
    public static OutputSlot FiguresOutput => OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [FiguresOutput.Spec];
}
