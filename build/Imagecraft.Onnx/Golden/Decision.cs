// What users of a network decide by its outputs, for the board to hold against golden ones. Unaware of how it counts.

using Imagecraft.Onnx.Evaluation.Metrics;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>The recipe's own metric between two runs of one network. The words are those that the runtime reads.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Output">The output that it looks at.</param>
/// <param name="Kind"><c>arg-max</c> of a frame, <c>row-arg-max</c> along the last dimension, <c>map-arg-max</c> of the classes at each pixel, <c>side</c> of a threshold, <c>overlap</c> of what lies above it, or <c>direction</c> of a frame as a vector.</param>
/// <param name="Threshold">Of <c>side</c> and <c>overlap</c>.</param>
/// <param name="Least">Least share that must be the same, overlap or cosine.</param>
sealed record Decision(string Metric, string Output, string Kind, double Threshold, double Least)
{
    const string ArgMax = "arg-max", RowArgMax = "row-arg-max", MapArgMax = "map-arg-max", Side = "side", Overlap = "overlap", Direction = "direction";

    /// <summary>Above this probability something is said to be there, unless a recipe says otherwise.</summary>
    const double UsualProbability = 0.5;

    /// <summary>Above this value a pixel counts, unless a recipe says otherwise.</summary>
    const double UsualPixel = 0.3;

    /// <summary>What is decided; null when neither metric nor labels tell.</summary>
    /// <param name="options">Metric, labels, tolerance.</param>
    /// <param name="output">The judged output.</param>
    /// <param name="golden">Its golden values.</param>
    public static Decision? Of(ModelOptions options, string output, TypedTensor golden)
    {
        var metric = options.Goal?.Metric ?? (options.Labels.IsEmpty ? "" : "labels");
        var (kind, threshold) = metric switch
        {
            "top-1" or "top-5" => (ArgMax, 0),
            // Of labels alone nobody knows how they are told.
            "labels" when FrameLength(golden) == options.Labels.Length => (ArgMax, 0),
            "cer" or "wer" or "perplexity" => (RowArgMax, 0),
            "roc-auc" or "f1" => (Side, options.Goal!.Threshold ?? (IsProbability(golden) ? UsualProbability : 0)),
            "iou" when Overlaps.Classes(golden.Shape.AsSpan(1)) > 1 => (MapArgMax, 0.0),
            "iou" or "hmean" => (Overlap, options.Goal!.Threshold ?? UsualPixel),
            "cosine" => (Direction, 0.0),
            _ => ("", 0),
        };
        if (kind.Length == 0)
            return null;
        return new(metric, output, kind, threshold, options.Tolerance.Agreement ?? (kind switch { Overlap or MapArgMax => 0.98, Direction => 0.999, _ => 1 }));
    }

    /// <summary>An <see cref="OnnxException"/> when the recipe does not name as many classes as the network tells apart.</summary>
    public static void CheckLabels(ModelOptions options, string output, TypedTensor golden)
    {
        if (options.Labels.IsEmpty)
            return;
        var (classes, isTold) = (FrameLength(golden), options.Goal?.Metric is "top-1" or "top-5");
        if (isTold ? options.Labels.Length == classes : options.Labels.Length <= Math.Max(classes, golden.Shape.Skip(1).DefaultIfEmpty(1).Max()))
            return;
        throw new OnnxException($"`labels` of `{options.Name}` has {options.Labels.Length} names, but its output `{output}` of the shape [{string.Join(", ", golden.Shape.Skip(1))}] tells {classes} classes; give one name for each, in the order of the classes");
    }

    static int FrameLength(TypedTensor golden) => golden.Count / (golden.Shape is [> 0 and var frames, ..] ? (int)frames : 1);

    static bool IsProbability(TypedTensor golden)
    {
        for (var i = 0; i < golden.Count; i++)
            if (golden.At(i) is < 0 or > 1)
                return false;
        return true;
    }
}
