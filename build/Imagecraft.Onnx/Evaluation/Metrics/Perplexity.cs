// How surprised a language model is. Unaware of texts and of the float network.
// Source: F. Jelinek, R. Mercer, L. Bahl, J. Baker, "Perplexity, a measure of the difficulty of speech recognition tasks", 1977.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;
using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class Perplexity
{
    /// <summary>
    /// e to the mean negative logarithm of the probability of each label. An output has for each label one value a class, before softmax; a label below 0 does not count.
    /// </summary>
    public static WeightedFigure Of(IReadOnlyList<ScoredSequence> sequences)
    {
        var counted = 0.0;
        var figure = Tallies.Figure(sequences.Select(sequence =>
        {
            var sums = Surprise(sequence);
            counted += sums[1];
            return sums;
        }), sums => Elementary.Exp(sums[0] / sums[1]));
        return counted > 0 ? figure : throw new OnnxException("`perplexity` has nothing to judge: all labels are below 0, which do not count");
    }

    static double[] Surprise(ScoredSequence sequence)
    {
        var sums = new double[2];
        for (var frame = 0; frame < sequence.Count; frame++)
        {
            var output = sequence.Of(frame);
            var labels = Labels(sequence, frame);
            var classes = output.Length / labels.Length;
            if (classes * labels.Length != output.Length || Array.Exists(labels, label => label >= classes))
                throw new OnnxException($"`perplexity` needs one value a class for each label, but the first output has {output.Length} values for {labels.Length} labels up to {labels.Max()}");
            for (var place = 0; place < labels.Length; place++)
            {
                if (labels[place] < 0)
                    continue;
                sums[0] += Surprise(output.Slice(place * classes, classes), labels[place]);
                sums[1]++;
            }
        }
        return sums;
    }

    static double Surprise(ReadOnlySpan<float> logits, int label)
    {
        var (largest, sum) = (float.NegativeInfinity, 0.0);
        foreach (var logit in logits)
            largest = Math.Max(largest, logit);
        foreach (var logit in logits)
            sum += Elementary.Exp((double)logit - largest);
        return largest + Elementary.Log(sum) - logits[label];
    }

    static int[] Labels(ScoredSequence sequence, int frame) => sequence.Truths.IsEmpty ? [(int)sequence.Labels[frame]]
        : sequence.Truths[frame] is FrameLabel.Map map ? [.. map.Classes] : throw new OnnxException("`perplexity` needs a class for each token");
}
