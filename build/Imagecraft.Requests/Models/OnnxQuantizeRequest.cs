// What `onnx-quantize` is told. Unaware of how numbers are chosen.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Requests.Models;

/// <summary>A prepared network is made small.</summary>
public sealed record OnnxQuantizeRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-quantize";

    /// <summary>The network as published, which sets the mark.</summary>
    public static InputSlot OriginalInput { get; } = new("/original.onnx");

    /// <summary>The prepared network.</summary>
    public static InputSlot NetworkInput { get; } = new("/model.onnx");

    /// <summary>The dataset of <see cref="Calibration"/>.</summary>
    public static InputSlot CalibrationInput { get; } = new("/calibration");

    /// <summary>The dataset of <see cref="Goal"/>.</summary>
    public static InputSlot DatasetInput { get; } = new("/dataset");

    /// <summary>The quantized network.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <summary>What became of each layer, as JSON.</summary>
    public static OutputSlot ReportOutput { get; } = new("report", OutputKind.File);

    /// <summary>How it is run.</summary>
    public required NetworkForm Form { get; init; }

    /// <summary>How far ONNX Runtime goes afterwards.</summary>
    public OptimizationLevel Optimize { get; init; }

    /// <summary>How it is made small.</summary>
    public QuantizationMethod Method { get; init; }

    /// <summary>What the recipe wants; of float16 nothing counts.</summary>
    public QuantizationWishes Wishes { get; init; } = new();

    /// <summary>What ranges are measured on; null: nothing.</summary>
    public DatasetPart? Calibration { get; init; }

    /// <summary>How many of the worst layers may stay float for the gate.</summary>
    public int FloatLayers { get; init; }

    /// <summary>What runs it; null: a CPU of which nothing is said.</summary>
    public Profile? Profile { get; init; }

    /// <summary>The gate that decides which layers stay float, on a split of its own; null: none.</summary>
    public AccuracyGoal? Goal { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec, ReportOutput.Spec];
}
