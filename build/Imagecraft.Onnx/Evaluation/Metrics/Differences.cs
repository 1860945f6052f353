// Metrics that compare outputs with those of the float network. Unaware of labels.

using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class Differences
{
    /// <summary>Mean of the absolute differences of all values.</summary>
    public static WeightedFigure MeanAbsolute(IReadOnlyList<ScoredSequence> sequences) => Tallies.Figure(sequences.Select(sequence =>
    {
        var sum = 0.0;
        for (var i = 0; i < sequence.Output.Values.Length; i++)
            sum += Math.Abs((double)sequence.Output.Values[i] - sequence.Reference.Values[i]);
        return new[] { sum, sequence.Output.Values.Length };
    }), sums => sums[0] / sums[1]);

    /// <summary>Mean over the frames of the cosine of the angle between both outputs; two vectors of zeros agree, one alone does not.</summary>
    public static WeightedFigure Cosine(IReadOnlyList<ScoredSequence> sequences) =>
        Tallies.Mean(sequences.Select(sequence => Enumerable.Range(0, sequence.Count).Select(frame => Cosine(sequence.Of(frame), sequence.ReferenceOf(frame)))));

    static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (product, first, second) = (0.0, 0.0, 0.0);
        for (var i = 0; i < one.Length; i++)
        {
            product += (double)one[i] * other[i];
            first += (double)one[i] * one[i];
            second += (double)other[i] * other[i];
        }
        return first == 0 || second == 0 ? (first == second ? 1 : 0) : product / Math.Sqrt(first * second);
    }
}
