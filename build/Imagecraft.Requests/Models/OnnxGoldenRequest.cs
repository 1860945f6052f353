// What `onnx-golden` is told. Unaware of how networks are run.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Requests.Models;

/// <summary>Golden outputs are computed for what is deployed, and its folder is put together; samples come at the inputs of <see cref="NetworkSamples"/>.</summary>
public sealed record OnnxGoldenRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "onnx-golden";

    /// <summary>The network as published.</summary>
    public static InputSlot OriginalInput { get; } = new("/original.onnx");

    /// <summary>The very file that is deployed.</summary>
    public static InputSlot DeployedInput { get; } = new("/deployed");

    /// <summary>What the deployed file was made of, where it is no <c>.onnx</c> itself.</summary>
    public static InputSlot GraphInput { get; } = new("/model.onnx");

    /// <summary><see cref="OnnxQuantizeRequest.ReportOutput"/> or <see cref="OnnxChooseRequest.ReportOutput"/>, if it is quantized.</summary>
    public static InputSlot QuantizationInput { get; } = new("/quantization.json");

    /// <summary><see cref="OnnxEvaluateRequest.FiguresOutput"/>, if there is a gate.</summary>
    public static InputSlot AccuracyInput { get; } = new("/accuracy.json");

    /// <summary><see cref="OnnxContextsRequest.NetworkOutput"/>, if the accelerator has such.</summary>
    public static InputSlot ContextsInput { get; } = new("/model_ctx.onnx");

    /// <summary>Each <see cref="OnnxProfileRequest.ReportOutput"/> by the step that wrote it.</summary>
    public static InputSlots ProfileInputs { get; } = new("/profile/");

    /// <summary>Where a network's folder is deployed.</summary>
    public static string PathOf(string folder) => $"/usr/share/models/{folder}";

    /// <summary>The tree with the folder at <see cref="PathOf"/>.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <summary>The card in it.</summary>
    public static OutputSlot CardOutput { get; } = new("card", OutputKind.File);

    /// <summary>How it is run.</summary>
    public required NetworkForm Form { get; init; }

    /// <summary>What golden outputs are computed for.</summary>
    public required NetworkSamples Samples { get; init; }

    /// <summary>How far the board's outputs may deviate.</summary>
    public Tolerance Tolerance { get; init; } = new();

    /// <summary>The metric by which the network is judged; null: none.</summary>
    public DecisionGoal? Goal { get; init; }

    /// <summary>What takes the place of <see cref="Tolerance"/> when <see cref="OnnxChooseRequest"/> took the float network.</summary>
    public Tolerance FloatTolerance { get; init; } = new();

    /// <summary>Conditions on the samples.</summary>
    public ImmutableArray<Expectation> Expect { get; init; } = [];

    /// <summary>Its folder below <c>/usr/share/models</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Name of the variant, for the card.</summary>
    public required string Variant { get; init; }

    /// <summary><c>onnx</c> or <c>ort</c>.</summary>
    public required string Format { get; init; }

    /// <summary>How far it was optimized, for the card.</summary>
    public OptimizationLevel Optimize { get; init; }

    /// <summary>What the board does when it loads it.</summary>
    public LoadOptimization OptimizeAtLoad { get; init; }

    /// <summary>Version of the network.</summary>
    public required string Version { get; init; }

    /// <summary>SPDX license expression.</summary>
    public required string License { get; init; }

    /// <summary>Where it comes from.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What it was trained on.</summary>
    public string TrainedOn { get; init; } = "";

    /// <summary>Names of the classes by index.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec, CardOutput.Spec];
}
