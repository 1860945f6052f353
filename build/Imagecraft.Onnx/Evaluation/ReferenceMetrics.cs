// Metrics that compare outputs with those of the float network. Unaware of labels.

namespace Imagecraft.Onnx.Evaluation;

static class ReferenceMetrics
{
    /// <summary>Mean of the absolute differences of all values.</summary>
    public static double MeanAbsoluteError(IReadOnlyList<ScoredSequence> sequences)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var (output, _, reference) in sequences)
        {
            for (var i = 0; i < output.Values.Length; i++)
                sum += Math.Abs((double)output.Values[i] - reference.Values[i]);
            count += output.Values.Length;
        }
        return sum / count;
    }

    /// <summary>Mean over the frames of the cosine of the angle between both outputs; two vectors of zeros agree, one alone does not.</summary>
    public static double Cosine(IReadOnlyList<ScoredSequence> sequences)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var (output, _, reference) in sequences)
        {
            var frames = (int)output.Shape[0];
            var length = output.Values.Length / frames;
            for (var frame = 0; frame < frames; frame++)
                sum += Cosine(output.Values.AsSpan(frame * length, length), reference.Values.AsSpan(frame * length, length));
            count += frames;
        }
        return sum / count;
    }

    /// <summary>Pixels that lie above <paramref name="threshold"/> in both, divided by those that do in one or the other, over all frames together; 1 when there are none.</summary>
    public static double IntersectionOverUnion(IReadOnlyList<ScoredSequence> sequences, double threshold)
    {
        var (both, either, limit) = (0L, 0L, (float)threshold);
        foreach (var (output, _, reference) in sequences)
        {
            for (var i = 0; i < output.Values.Length; i++)
            {
                if (float.IsNaN(output.Values[i]))
                    return double.NaN;
                var (here, there) = (output.Values[i] > limit, reference.Values[i] > limit);
                both += here && there ? 1 : 0;
                either += here || there ? 1 : 0;
            }
        }
        return either == 0 ? 1 : (double)both / either;
    }

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
