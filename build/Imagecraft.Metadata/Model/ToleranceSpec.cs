// How far a board may deviate from golden outputs, as recipes say it. Unaware of ONNX.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A bound for every value of an output, and how many may pass it how far. What is null has not been said.</summary>
/// <param name="Absolute">Part of the bound that is the same for all outputs.</param>
/// <param name="Relative">Part of the bound as a share of the output's largest golden value.</param>
/// <param name="Outliers">Share of the values that may pass the bound.</param>
/// <param name="Worst">The absolute deviation that not even those may pass.</param>
public sealed record OutputToleranceSpec(double? Absolute, double? Relative, double? Outliers, double? Worst);

/// <summary>How far outputs may deviate.</summary>
/// <param name="All">Of outputs without a rule of their own; null: what is usual.</param>
/// <param name="Outputs">Rules by output.</param>
/// <param name="Agreement">Least share of the same decisions, least overlap or cosine; null: what is usual for the metric.</param>
public sealed record ToleranceSpec(OutputToleranceSpec? All, ImmutableSortedDictionary<string, OutputToleranceSpec> Outputs, double? Agreement);
