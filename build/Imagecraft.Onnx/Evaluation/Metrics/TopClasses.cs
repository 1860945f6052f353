// Share of frames whose class is among the likeliest. Unaware of the float network.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class TopClasses
{
    public static WeightedFigure Share(IReadOnlyList<ScoredSequence> sequences, int best) => Tallies.Mean(sequences.Select(sequence => Hits(sequence, best).Select(hit => hit ? 1.0 : 0)));

    /// <summary>
    /// Whether fewer than <paramref name="best"/> classes have a larger value than the label's, or the same and a lower index. A value that is not a number is never right, and any that is not takes the place before it.
    /// </summary>
    public static IEnumerable<bool> Hits(ScoredSequence sequence, int best) => Enumerable.Range(0, sequence.Count).Select(frame => IsHit(sequence.Of(frame), (int)sequence.Labels[frame], best));

    /// <summary>The first of the largest values.</summary>
    public static FrameLabel Read(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return new FrameLabel.OneClass(best);
    }

    static bool IsHit(ReadOnlySpan<float> scores, int label, int best)
    {
        if (label < 0 || label >= scores.Length)
            throw new OnnxException($"A frame has the label {label}, but the first output has {scores.Length} classes; correct the dataset's labels, or the network");
        var before = 0;
        for (var i = 0; i < scores.Length; i++)
            before += i != label && (float.IsNaN(scores[i]) || scores[i] > scores[label] || (scores[i] == scores[label] && i < label)) ? 1 : 0;
        return before < best && !float.IsNaN(scores[label]);
    }
}
