// Metrics that compare outputs with labels. Unaware of the float network.

namespace Imagecraft.Onnx.Evaluation;

static class LabelMetrics
{
    /// <summary>Share of frames whose largest output value stands at the label's index; of equal values the first counts.</summary>
    public static double TopOne(IReadOnlyList<ScoredSequence> sequences)
    {
        var (right, count) = (0L, 0L);
        foreach (var sequence in sequences)
        {
            var classes = sequence.Output.Values.Length / sequence.Labels.Length;
            for (var frame = 0; frame < sequence.Labels.Length; frame++)
            {
                var scores = sequence.Output.Values.AsSpan(frame * classes, classes);
                var best = 0;
                for (var i = 1; i < classes; i++)
                    if (scores[i] > scores[best])
                        best = i;
                if (best == sequence.Labels[frame] && !float.IsNaN(scores[best]))
                    right++;
            }
            count += sequence.Labels.Length;
        }
        return (double)right / count;
    }

    /// <summary>
    /// Probability that a frame labelled 1 gets a higher value than one labelled 0, ties counting one half: the Mann-Whitney U statistic over all pairs,
    /// from ranks (H. Mann, D. Whitney, 1947; equal to the area under the ROC curve: J. Hanley, B. McNeil, 1982). Needs one value a frame.
    /// </summary>
    public static double AreaUnderRoc(IReadOnlyList<ScoredSequence> sequences)
    {
        var scores = sequences.SelectMany(sequence => sequence.Output.Values).ToArray();
        var labels = sequences.SelectMany(sequence => sequence.Labels).ToArray();
        if (scores.Length != labels.Length)
            throw new OnnxException($"`roc-auc` needs one value a frame, but the first output has {scores.Length} for {labels.Length} frames");
        if (Array.Exists(labels, label => label is not (0 or 1)))
            throw new OnnxException("`roc-auc` needs labels of 0 and 1");
        if (Array.Exists(scores, float.IsNaN))
            return double.NaN;
        var positives = labels.LongCount(label => label == 1);
        var negatives = labels.Length - positives;
        if (positives == 0 || negatives == 0)
            throw new OnnxException($"`roc-auc` needs frames of both labels, but there are {positives} of 1 and {negatives} of 0");
        Array.Sort(scores, labels);
        var rankSum = 0.0;
        for (var start = 0; start < scores.Length;)
        {
            var (end, positivesHere) = (start, 0L);
            for (; end < scores.Length && scores[end] == scores[start]; end++)
                positivesHere += labels[end] == 1 ? 1 : 0;
            // Ranks count from 1; equal values share the mean of theirs.
            rankSum += positivesHere * ((start + 1 + end) / 2.0);
            start = end;
        }
        return (rankSum - (positives * (positives + 1) / 2.0)) / positives / negatives;
    }
}
