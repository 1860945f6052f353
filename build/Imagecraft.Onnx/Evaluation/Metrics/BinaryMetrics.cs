// Metrics of networks that say of each frame how likely it is. Unaware of the float network.

using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class BinaryMetrics
{
    /// <summary>Twice the true positives divided by themselves twice and all errors (C. van Rijsbergen, 1979); 1 when no frame is positive and none is taken for it.</summary>
    public static WeightedFigure F1(IReadOnlyList<ScoredSequence> sequences, double threshold)
    {
        Check(sequences, "f1");
        return Tallies.Figure(sequences.Select(Count), sums => sums[1] == 0 ? 1 : 2 * sums[0] / sums[1]);

        double[] Count(ScoredSequence sequence)
        {
            var (right, all) = (0.0, 0.0);
            for (var frame = 0; frame < sequence.Count; frame++)
            {
                var score = sequence.Output.Values[frame];
                var (claimed, isTrue) = (score > (float)threshold, sequence.Labels[frame] == 1);
                right += float.IsNaN(score) ? double.NaN : claimed && isTrue ? 1 : 0;
                all += (claimed ? 1 : 0) + (isTrue ? 1 : 0);
            }
            return [right, all];
        }
    }

    /// <summary>
    /// Probability that a frame labelled 1 gets a higher value than one labelled 0, ties counting one half: the Mann-Whitney U statistic over all pairs
    /// (H. Mann, D. Whitney, 1947; equal to the area under the ROC curve: J. Hanley, B. McNeil, 1982). Needs one value a frame.
    /// </summary>
    public static WeightedFigure AreaUnderRoc(IReadOnlyList<ScoredSequence> sequences)
    {
        Check(sequences, "roc-auc");
        var labels = sequences.SelectMany(sequence => sequence.Labels).ToArray();
        var positives = labels.LongCount(label => label == 1);
        if (positives == 0 || positives == labels.Length)
            throw new OnnxException($"`roc-auc` needs frames of both labels, but there are {positives} of 1 and {labels.Length - positives} of 0");
        var scores = sequences.SelectMany(sequence => sequence.Output.Values).ToArray();
        var frames = sequences.SelectMany((sequence, unit) => sequence.Labels.Select(label => (Unit: unit, IsPositive: label == 1))).ToArray();
        if (Array.Exists(scores, float.IsNaN))
            return _ => double.NaN;
        Array.Sort(scores, frames);
        return weights =>
        {
            var (above, negatives, positives) = (0.0, 0.0, 0.0);
            for (var start = 0; start < scores.Length;)
            {
                var (end, negativesHere, positivesHere) = (start, 0.0, 0.0);
                for (; end < scores.Length && scores[end] == scores[start]; end++)
                {
                    negativesHere += frames[end].IsPositive ? 0 : weights[frames[end].Unit];
                    positivesHere += frames[end].IsPositive ? weights[frames[end].Unit] : 0;
                }
                above += positivesHere * (negatives + (negativesHere / 2));
                (negatives, positives, start) = (negatives + negativesHere, positives + positivesHere, end);
            }
            return above / positives / negatives;
        };
    }

    static void Check(IReadOnlyList<ScoredSequence> sequences, string name)
    {
        var (values, labels) = (sequences.Sum(sequence => sequence.Output.Values.Length), sequences.Sum(sequence => sequence.Labels.Length));
        if (values != labels)
            throw new OnnxException($"`{name}` needs one value a frame, but the first output has {values} for {labels} frames");
        if (sequences.Any(sequence => sequence.Labels.Any(label => label is not (0 or 1))))
            throw new OnnxException($"`{name}` needs labels of 0 and 1");
    }
}
