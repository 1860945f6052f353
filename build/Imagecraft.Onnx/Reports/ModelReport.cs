// Figures of one network in several settings, as a value that can be shown. Unaware of how they were measured.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Profiles;

namespace Imagecraft.Onnx.Reports;

/// <summary>Everything a reader wants to compare.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Metric">Name of the accuracy metric, e.g. <c>top-1</c>; empty when the model is not evaluated.</param>
/// <param name="Variants">The settings, float first.</param>
public sealed record ModelReport(string Name, string Version, string Metric, ImmutableArray<VariantFigures> Variants)
{
    /// <summary>Whether the settings that are worth a look are marked: those of <see cref="ParetoFront"/>.</summary>
    public bool IsSearch { get; init; }

    /// <summary>What accelerators would take of it.</summary>
    public ImmutableArray<ProfileReport> Profiles { get; init; } = [];
}

/// <summary>One setting of a network.</summary>
/// <param name="Setting">A variant, or what was changed in the recipe.</param>
/// <param name="Bytes">Size of its file.</param>
/// <param name="Accuracy">Value of the metric; null when not evaluated.</param>
/// <param name="Latency">Of one inference on this host; null when not measured.</param>
/// <param name="FloatLayers">Layers that stayed float because the accuracy demanded it.</param>
/// <param name="Layers">The layers on integers, worst first; empty when nothing is quantized.</param>
public sealed record VariantFigures(string Setting, long Bytes, double? Accuracy, Latency? Latency, ImmutableArray<string> FloatLayers, ImmutableArray<LayerFigures> Layers)
{
    /// <summary>By how much the metric is worse than that of the float network; negative where it is better, null when not evaluated.</summary>
    public double? Loss { get; init; }

    /// <summary>Instructions of one inference on a virtual processor of the board's kind; null when not counted.</summary>
    public long? Instructions { get; init; }

    /// <summary>Nodes that stayed float though nobody excluded them, each with its reason.</summary>
    public ImmutableArray<string> FloatNodes { get; init; } = [];

    /// <summary>What the accuracy gate says; null without one.</summary>
    public string? Verdict { get; init; }
}

/// <summary>One layer of a quantized network.</summary>
/// <param name="Name">Name of its node.</param>
/// <param name="Kind">Operator.</param>
/// <param name="SignalToNoise">Signal to quantization noise of its output against the float network, in decibel; higher is better.</param>
/// <param name="Bytes">Size of its weights as deployed.</param>
/// <param name="FloatBytes">Size of its weights in float.</param>
public sealed record LayerFigures(string Name, string Kind, double SignalToNoise, long Bytes, long FloatBytes);
