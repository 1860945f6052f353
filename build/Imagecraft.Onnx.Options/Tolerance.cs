// How far outputs may lie from what is expected of them. Unaware of networks.

using System.Collections.Immutable;

namespace Imagecraft.Onnx;

/// <summary>A bound for every value of an output, and how many may pass it how far.</summary>
/// <param name="Absolute">Part of the bound that is the same for all outputs.</param>
/// <param name="Relative">Part of the bound as a share of the output's largest expected value.</param>
/// <param name="Outliers">Share of the values that may pass the bound, from 0 to below 1.</param>
/// <param name="Worst">The absolute deviation that not even those may pass; null: none, where there are no outliers.</param>
public sealed record OutputTolerance(double Absolute, double Relative = 0, double Outliers = 0, double? Worst = null)
{
    /// <summary>What sums of floats in another order differ by: outputs of thousands are not refused for a last digit, and small ones are held.</summary>
    public static OutputTolerance Usual { get; } = new(1e-6, 1e-4);

    /// <summary>The bound for an output whose largest expected value is <paramref name="peak"/>.</summary>
    public double Bound(double peak) => Absolute + (Relative * peak);
}

/// <summary>How far each output may deviate: of each pass from the model before it, and of the board from the golden outputs.</summary>
public sealed record Tolerance
{
    /// <summary>Of outputs without a rule of their own; null: <see cref="OutputTolerance.Usual"/>, and of a quantized network what the build measured.</summary>
    public OutputTolerance? All { get; init; }

    /// <summary>Rules by output.</summary>
    public ImmutableSortedDictionary<string, OutputTolerance> Outputs { get; init; } = ImmutableSortedDictionary<string, OutputTolerance>.Empty;

    /// <summary>Least share of decisions by the board's outputs that must be those by the golden ones, least overlap or least cosine; null: what is usual for the metric.</summary>
    public double? Agreement { get; init; }

    /// <summary>An absolute bound for all outputs.</summary>
    public static implicit operator Tolerance(double absolute) => FromDouble(absolute);

    /// <summary>An absolute bound for all outputs.</summary>
    public static Tolerance FromDouble(double absolute) => new() { All = new(absolute) };

    /// <summary>The rule for an output.</summary>
    /// <param name="output">Its name.</param>
    /// <param name="isWhole">Whether its values are whole numbers or booleans: a share of a class's index means nothing, so without a rule of their own only <see cref="OutputTolerance.Absolute"/> holds for them.</param>
    /// <param name="otherwise">What holds when nothing is said.</param>
    public OutputTolerance Of(string output, bool isWhole, OutputTolerance? otherwise = null) =>
        Outputs.GetValueOrDefault(output)
        ?? (All is { } all ? isWhole ? all with { Relative = 0 } : all : null)
        ?? otherwise
        ?? (isWhole ? new(0) : OutputTolerance.Usual);
}

/// <summary>The recipe's own metric, by which boards are judged too.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Threshold">Value above which something counts; null: what is usual.</param>
public sealed record DecisionGoal(string Metric, double? Threshold)
{
    /// <summary>The output that it looks at; null: the first that is not carried.</summary>
    public string? Output { get; init; }
}
