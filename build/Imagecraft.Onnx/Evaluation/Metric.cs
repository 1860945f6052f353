// The contract of metrics and the table of all. Unaware of how outputs were computed.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>What a network said about a sequence, with what it is compared with.</summary>
/// <param name="Output">The first output, stacked over the frames.</param>
/// <param name="Labels">One a frame, or none.</param>
/// <param name="Reference">The float network's <paramref name="Output"/>.</param>
public sealed record ScoredSequence(FloatTensor Output, ImmutableArray<float> Labels, FloatTensor Reference);

/// <summary>One figure for all outputs on a test set.</summary>
/// <param name="Name">As recipes write it.</param>
/// <param name="NeedsLabels">It compares with labels; otherwise with the float network.</param>
/// <param name="SmallerIsBetter">An error rather than a share.</param>
/// <param name="Of">The figure; at least one sequence with at least one frame.</param>
public sealed record Metric(string Name, bool NeedsLabels, bool SmallerIsBetter, Func<IReadOnlyList<ScoredSequence>, double> Of)
{
    /// <summary>Value above which a pixel counts for <c>iou</c> unless a recipe says otherwise.</summary>
    public const double UsualThreshold = 0.3;

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All(UsualThreshold).Select(metric => metric.Name)];

    /// <summary>The metric of a name; an unknown one is an <see cref="OnnxException"/> that lists all.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="threshold">Of <c>iou</c>: value above which a pixel counts.</param>
    public static Metric Named(string name, double threshold = UsualThreshold) =>
        All(threshold).FirstOrDefault(metric => metric.Name == name) ?? throw new OnnxException($"Unknown metric `{name}`; there are [{string.Join(", ", Names)}]");

    static Metric[] All(double threshold) =>
    [
        new("top-1", true, false, LabelMetrics.TopOne),
        new("roc-auc", true, false, LabelMetrics.AreaUnderRoc),
        new("mean-absolute-error", false, true, ReferenceMetrics.MeanAbsoluteError),
        new("cosine", false, false, ReferenceMetrics.Cosine),
        new("iou", false, false, sequences => ReferenceMetrics.IntersectionOverUnion(sequences, threshold)),
    ];
}
