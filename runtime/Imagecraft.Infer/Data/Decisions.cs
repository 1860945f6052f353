// Counts the decisions that two outputs lead to. Unaware of cards and of networks.

using Imagecraft.Infer.Deployed;

namespace Imagecraft.Infer.Data;

/// <summary>Decisions by this machine's outputs and by golden ones, over any number of samples.</summary>
/// <param name="rule">What is decided.</param>
sealed class Decisions(DecisionRule rule)
{
    double cosine = 1;

    /// <summary>Decisions, or of an overlap the values that lie above the threshold in one of both.</summary>
    public long Total { get; private set; }

    /// <summary>Those that are the same.</summary>
    public long Same { get; private set; }

    /// <summary>Those that are not, but for which golden values are so close that the tolerance allows either.</summary>
    public long Close { get; private set; }

    /// <summary>The share of decisions that hold, the overlap, or the least cosine; 1 when there are none.</summary>
    public double Value => rule.Kind == DecisionKind.Direction ? cosine : Total == 0 ? 1 : (double)(Same + Close) / Total;

    /// <summary>Whether that is enough. What is not a number never is.</summary>
    public bool Passes => Value >= rule.Least;

    /// <summary>Looks at one sample.</summary>
    /// <param name="given">Frames stacked.</param>
    /// <param name="golden">Of the same type and shape.</param>
    /// <param name="bound">How far values may deviate.</param>
    public void Add(Tensor given, Tensor golden, double bound)
    {
        var count = (int)golden.Count;
        if (count == 0)
            return;
        var frame = Math.Max(1, count / (int)Math.Max(1, golden.Shape is [var frames, ..] ? frames : 1));
        switch (rule.Kind)
        {
            case DecisionKind.ArgMax:
                Largest(given, golden, frame, 1, bound);
                break;
            case DecisionKind.RowArgMax:
                Largest(given, golden, golden.Shape is [.., > 0 and var row] ? (int)row : 1, 1, bound);
                break;
            case DecisionKind.MapArgMax:
                Largest(given, golden, frame, frame / Classes(golden.Shape), bound);
                break;
            case DecisionKind.Direction:
                for (var start = 0; start < count; start += frame)
                    Turn(given, golden, start, frame);
                break;
            default:
                Sides(given, golden, count, bound);
                break;
        }
    }

    /// <summary>Of each so many values, those that are <paramref name="step"/> apart compete.</summary>
    void Largest(Tensor given, Tensor golden, int length, int step, double bound)
    {
        for (var start = 0; start + length <= golden.Count; start += length)
            for (var place = start; place < start + step; place++)
            {
                var (here, there) = (ArgMax(given, place, start + length, step), ArgMax(golden, place, start + length, step));
                // Both may move, towards each other.
                Count(here == there, golden.At(there) - golden.At(here) <= 2 * bound && double.IsFinite(given.At(here)));
            }
    }

    static int Classes(long[] shape) => shape switch
    {
        [.., 1] => 1,
        [_, _, > 0 and var several, _, _, ..] => (int)several,
        [_, > 0 and var alone, _, _] => (int)alone,
        _ => 1,
    };

    void Sides(Tensor given, Tensor golden, int count, double bound)
    {
        for (var i = 0; i < count; i++)
        {
            var (value, wanted) = (given.At(i), golden.At(i));
            var (here, there) = (value > rule.Threshold, wanted > rule.Threshold);
            if (rule.Kind == DecisionKind.Side)
                Count(here == there && double.IsNaN(value) == double.IsNaN(wanted), Math.Abs(wanted - rule.Threshold) <= bound && double.IsFinite(value));
            else if (here || there)
                Count(here && there, false);
        }
    }

    void Turn(Tensor given, Tensor golden, int start, int length)
    {
        var (product, first, second) = (0.0, 0.0, 0.0);
        for (var i = start; i < start + length; i++)
        {
            var (one, other) = (given.At(i), golden.At(i));
            (product, first, second) = (product + (one * other), first + (one * one), second + (other * other));
        }
        var here = first == 0 || second == 0 ? (first == second ? 1 : 0) : product / Math.Sqrt(first * second);
        // Not a number stays it.
        cosine = Math.Min(cosine, here);
        Count(here >= rule.Least, false);
    }

    void Count(bool same, bool close)
    {
        Total++;
        Same += same ? 1 : 0;
        Close += !same && close ? 1 : 0;
    }

    /// <summary>Of equal values the first; what is not a number is none.</summary>
    static int ArgMax(Tensor tensor, int start, int end, int step)
    {
        var best = start;
        for (var i = start + step; i < end; i += step)
            if (tensor.At(i) > tensor.At(best) || (double.IsNaN(tensor.At(best)) && !double.IsNaN(tensor.At(i))))
                best = i;
        return best;
    }
}
