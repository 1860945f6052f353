// What the steps of a model build are told; travels as JSON, so it is part of the key and can be read by people.

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Models;

/// <summary>A model build. The preparing step is told only what concerns it, so that new words on a card do not prepare the network anew.</summary>
public sealed record ModelBuildPlan
{
    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the network.</summary>
    public string Version { get; init; } = "";

    /// <summary>SPDX license expression.</summary>
    public string License { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What it was trained on.</summary>
    public string TrainedOn { get; init; } = "";

    /// <summary>Fixed shapes by input.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Scalar inputs that become constants.</summary>
    public ImmutableSortedDictionary<string, double> Constants { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Name of the variant, for the card.</summary>
    public string? Variant { get; init; }

    /// <summary>Its folder below <c>/usr/share/models</c>.</summary>
    public string? Folder { get; init; }

    /// <summary><c>onnx</c> or <c>ort</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Which graph passes run.</summary>
    public PassesPlan? Passes { get; init; }

    /// <summary>What runs the network takes; null: everything.</summary>
    public ProfilePlan? Profile { get; init; }

    /// <summary>Whether a node that the profile does not take is an error.</summary>
    public bool? MustFit { get; init; }

    /// <summary><c>none</c>, <c>basic</c> or <c>extended</c>.</summary>
    public string Optimize { get; init; } = "extended";

    /// <summary>Input to the output that is fed back into it.</summary>
    public ImmutableSortedDictionary<string, string> Carry { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Samples of the frame before at the start of each frame.</summary>
    public int Context { get; init; }

    /// <summary>How images are brought to the input.</summary>
    public PreprocessPlan? Preprocess { get; init; }

    /// <summary>Names of the classes by index.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>How the network is made small; calibration data comes as input <c>/calibration</c>.</summary>
    public QuantizePlan? Quantize { get; init; }

    /// <summary>The accuracy gate; its dataset comes as input <c>/dataset</c>.</summary>
    public EvaluatePlan? Evaluate { get; init; }

    /// <summary>Golden frames; their dataset comes as input <c>/golden</c>.</summary>
    public GoldenPlan? Golden { get; init; }

    /// <summary>Allowed absolute deviation.</summary>
    public double Tolerance { get; init; }

    /// <summary>Share of values that may deviate more on the board; null: none.</summary>
    public double? Outliers { get; init; }

    /// <summary>Samples; those of audio files come as inputs <c>/sample/NAME</c>.</summary>
    public ImmutableArray<SamplePlan> Samples { get; init; } = [];

    /// <summary>Conditions on the samples.</summary>
    public ImmutableArray<ExpectPlan> Expect { get; init; } = [];
}

/// <summary>Names of passes; at most one of the lists has items.</summary>
public sealed record PassesPlan(ImmutableArray<string> Without, ImmutableArray<string> Only);

/// <summary>What an accelerator or a CPU takes of a network, as <see cref="Metadata.Model.ProfileSpec"/> says.</summary>
public sealed record ProfilePlan(string Name, string Target, bool PerTensor, bool Symmetric, ImmutableArray<string> Activations, ImmutableArray<string> Weights, bool TakesFloat, bool Dilation, bool ReduceRange, ImmutableSortedDictionary<string, OperatorPlan>? Operators);

/// <summary>Limits of an operator.</summary>
public sealed record OperatorPlan(ImmutableArray<long> Kernels, int? Stride, ImmutableArray<string> Groups, ImmutableArray<int> Dimensions);

/// <summary>A sample; noise has a seed and a length.</summary>
public sealed record SamplePlan(string Name, string Kind, int Seed, double Seconds);

/// <summary>Limits of a sample's mean.</summary>
public sealed record ExpectPlan(string Sample, double? Min, double? Max);

/// <summary>From pixels to values.</summary>
public sealed record PreprocessPlan(string Fit, string Channels, ImmutableArray<double> Mean, ImmutableArray<double> Std);

/// <summary>How a network is made small; what is null is the quantizer's choice.</summary>
public sealed record QuantizePlan(string Method, CalibrationPlan? Calibration, string? Activations, string? Weights, bool? Symmetric, bool? PerChannel, ImmutableArray<string> Exclude, int FloatLayers);

/// <summary>That many images or sounds of a split, and how ranges come from them.</summary>
public sealed record CalibrationPlan(string Dataset, string Split, int Count, string? Method, double? Percentile);

/// <summary>What is measured on a dataset, and allowed; with <paramref name="ReportOnly"/> a gate that does not hold is no error.</summary>
public sealed record EvaluatePlan(string Dataset, string Split, string Metric, double? Min, double? MaxDrop, double? Threshold, bool? ReportOnly = null);

/// <summary>That many images or sounds of a split.</summary>
public sealed record GoldenPlan(string Dataset, string Split, int Count);

/// <summary>How the plan is written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(ModelBuildPlan))]
public sealed partial class ModelBuildJson : JsonSerializerContext;

/// <summary>Writes the same text without the reader's tables, whose set-up every call with nothing to do would pay.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(ModelBuildPlan))]
internal sealed partial class ModelBuildWriter : JsonSerializerContext;
