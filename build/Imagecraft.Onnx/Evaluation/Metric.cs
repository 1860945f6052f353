// The contract of metrics and the table of all. Unaware of how outputs were computed.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Metrics;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>What an output is compared with.</summary>
public enum Truth
{
    /// <summary>The float network's output.</summary>
    FloatNetwork,

    /// <summary>A class a frame.</summary>
    Class,

    /// <summary>A class for each place of a frame.</summary>
    Map,

    /// <summary>Boxes in an image.</summary>
    Boxes,

    /// <summary>Words.</summary>
    Words,
}

/// <summary>What metrics want to know beside outputs and labels.</summary>
public sealed record MetricOptions
{
    /// <summary>Value above which a pixel or a frame counts; null: the metric's own.</summary>
    public double? Threshold { get; init; }

    /// <summary>Of <c>hmean</c>: least mean value in a box.</summary>
    public double BoxScore { get; init; } = 0.6;

    /// <summary>Of <c>hmean</c>: how far boxes grow, as a share of area by circumference.</summary>
    public double Unclip { get; init; } = 1.5;

    /// <summary>Of <c>cer</c> and <c>wer</c>: the class that writes nothing.</summary>
    public int Blank { get; init; }

    /// <summary>Of <c>cer</c> and <c>wer</c>: what each class writes.</summary>
    public ImmutableArray<string> Alphabet { get; init; } = [];

    /// <summary>What the float network says stands in for labels.</summary>
    public bool AgainstFloat { get; init; }
}

/// <summary>One figure for all outputs on a test set.</summary>
/// <param name="Name">As recipes write it.</param>
/// <param name="Truth">What it compares with.</param>
/// <param name="SmallerIsBetter">An error rather than a share.</param>
/// <param name="Open">Reads all sequences (at least one with at least one frame) once; the figure then weighs each of them.</param>
public sealed record Metric(string Name, Truth Truth, bool SmallerIsBetter, Func<IReadOnlyList<ScoredSequence>, WeightedFigure> Open)
{
    /// <summary>It compares with labels; otherwise with the float network.</summary>
    public bool NeedsLabels => Truth != Truth.FloatNetwork;

    /// <summary>For each frame whether it is right, where the figure is the share of those; otherwise null.</summary>
    public Func<ScoredSequence, IEnumerable<bool>>? Hits { get; init; }

    /// <summary>The label of a frame for which this output would be perfect; null where an output does not tell.</summary>
    internal Reader? Read { get; init; }

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All(new()).Select(metric => metric.Name)];

    /// <summary>The metric of a name; an unknown one is an <see cref="OnnxException"/> that lists all.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">What it wants to know besides; null: the usual.</param>
    public static Metric Named(string name, MetricOptions? options = null)
    {
        var metric = All(options ?? new()).FirstOrDefault(metric => metric.Name == name) ?? throw new OnnxException($"Unknown metric `{name}`; there are [{string.Join(", ", Names)}]");
        if (options?.AgainstFloat != true || !metric.NeedsLabels)
            return metric;
        var read = metric.Read ?? throw new OnnxException($"`{name}` cannot take the float network's outputs for labels; remove `against: float`");
        return metric with
        {
            Truth = Truth.FloatNetwork,
            Open = sequences => metric.Open(new SeenAs<ScoredSequence>(sequences, sequence => Relabel.ByReference(sequence, read))),
            Hits = metric.Hits is { } hits ? sequence => hits(Relabel.ByReference(sequence, read)) : null,
        };
    }

    /// <summary>The figure, each sequence weighing as one.</summary>
    public double Of(IReadOnlyList<ScoredSequence> sequences) => Open(sequences)(Enumerable.Repeat(1, sequences.Count).ToArray());

    static Metric[] All(MetricOptions options)
    {
        var pixel = (float)(options.Threshold ?? 0.3);
        var ctc = new CtcReader(options.Alphabet, options.Blank);
        return
        [
            Classified("top-1", 1),
            Classified("top-5", 5),
            new("f1", Truth.Class, false, sequences => BinaryMetrics.F1(sequences, options.Threshold ?? 0.5)),
            new("roc-auc", Truth.Class, false, BinaryMetrics.AreaUnderRoc),
            new("perplexity", Truth.Class, true, Perplexity.Of),
            new("iou", Truth.Map, false, sequences => Overlaps.Of(sequences, pixel)) { Read = (output, shape) => Overlaps.Read(output, shape, pixel) },
            new("hmean", Truth.Boxes, false, sequences => TextDetection.HarmonicMean(sequences, pixel, options.BoxScore, options.Unclip)),
            new("coco-map", Truth.Boxes, false, AveragePrecision.Coco),
            new("voc-map", Truth.Boxes, false, AveragePrecision.Voc),
            new("cer", Truth.Words, true, sequences => EditRates.Characters(sequences, ctc)),
            new("wer", Truth.Words, true, sequences => EditRates.Words(sequences, ctc)),
            new("mean-absolute-error", Truth.FloatNetwork, true, Differences.MeanAbsolute),
            new("cosine", Truth.FloatNetwork, false, Differences.Cosine),
        ];
    }

    static Metric Classified(string name, int best) => new(name, Truth.Class, false, sequences => TopClasses.Share(sequences, best))
    {
        Hits = sequence => TopClasses.Hits(sequence, best),
        Read = (output, _) => TopClasses.Read(output),
    };
}

/// <summary>The label that an output of a frame, of that shape, amounts to.</summary>
delegate FrameLabel Reader(ReadOnlySpan<float> output, ReadOnlySpan<long> shape);
