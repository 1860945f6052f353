// What each metric wants of labels and of a recipe. Unaware of how it is computed.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>What the items of a dataset are labelled with.</summary>
public enum LabelKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A class, or 0 and 1.</summary>
    Class,

    /// <summary>A class for each pixel or token.</summary>
    Map,

    /// <summary>Boxes.</summary>
    Boxes,

    /// <summary>Words.</summary>
    Words,
}

/// <summary>A metric as recipes name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Kinds of labels any of which it takes; none when it compares with the float network.</param>
/// <param name="SmallerIsBetter">An error rather than a share.</param>
/// <param name="Options">Keys of <c>evaluate</c> that belong to it.</param>
/// <param name="Meaning">In a few words.</param>
public sealed record MetricNeeds(string Name, ImmutableArray<LabelKind> Labels, bool SmallerIsBetter, ImmutableArray<string> Options, string Meaning)
{
    /// <summary>Keys of <c>evaluate</c> that only some metrics have.</summary>
    public const string Threshold = "threshold", BoxScore = "box-score", Unclip = "unclip", Blank = "blank", Alphabet = "alphabet", Against = "against";

    /// <summary>All metrics.</summary>
    public static ImmutableArray<MetricNeeds> All { get; } =
    [
        new("top-1", [LabelKind.Class], false, [Against], "share of frames whose largest value is at the label"),
        new("top-5", [LabelKind.Class], false, [Against], "share of frames whose label is among the five largest"),
        new("f1", [LabelKind.Class], false, [Threshold], "of labels 0 and 1 and one value a frame, above `threshold` (0.5 when absent)"),
        new("roc-auc", [LabelKind.Class], false, [], "of labels 0 and 1 and one value a frame"),
        new("perplexity", [LabelKind.Class, LabelKind.Map], true, [], "of values before softmax, one a class for each token"),
        new("iou", [LabelKind.Map], false, [Threshold, Against], "of maps: pixels above `threshold` (0.3 when absent), or with several channels the mean over the classes"),
        new("hmean", [LabelKind.Boxes], false, [Threshold, BoxScore, Unclip], "of boxes of text, found in a map of probabilities"),
        new("coco-map", [LabelKind.Boxes], false, [], "average precision at the overlaps 0.5 to 0.95; rows of left, top, right, bottom, score, class"),
        new("voc-map", [LabelKind.Boxes], false, [], "average precision at the overlap 0.5; the same rows"),
        new("cer", [LabelKind.Words], true, [Blank, Alphabet], "wrong characters; a value a class at each step, `alphabet` or `labels` has what each writes"),
        new("wer", [LabelKind.Words], true, [Blank, Alphabet], "wrong words, as cer"),
        new("mean-absolute-error", [], true, [], "against the float network"),
        new("cosine", [], false, [], "against the float network"),
    ];

    /// <summary>The metric of a name that the form took.</summary>
    public static MetricNeeds Of(string name) => All.First(metric => metric.Name == name);

    /// <summary>A kind of labels for people.</summary>
    public static string Words(LabelKind kind) => kind switch
    {
        LabelKind.Class => "a class each",
        LabelKind.Map => "a map of classes each",
        LabelKind.Boxes => "boxes",
        LabelKind.Words => "words",
        _ => "no labels",
    };
}
