// Figures over tensors. Unaware of where they came from.

using Imagecraft.Infer.Deployed;

namespace Imagecraft.Infer.Data;

/// <summary>How far an output lies from golden values.</summary>
/// <param name="Largest">The largest absolute difference of two finite values.</param>
/// <param name="Unlike">Values that are infinite or not a number where golden is a number, or the other way round.</param>
/// <param name="Outside">Share of the values that lie beyond the bound, <paramref name="Unlike"/> ones included; 0 for empty tensors.</param>
/// <param name="Bound">What is allowed of a value.</param>
/// <param name="Passes">Whether all of that is allowed; a value that is no number where golden is one never is.</param>
readonly record struct Deviation(double Largest, long Unlike, double Outside, double Bound, bool Passes);

static class Comparison
{
    /// <summary>Holds two tensors of one type and shape against each other; <paramref name="path"/> names the golden one in the error when they are not.</summary>
    public static Deviation Of(Tensor actual, Tensor golden, Allowance allowance, string path)
    {
        if (actual.Type != golden.Type || !actual.Shape.AsSpan().SequenceEqual(golden.Shape))
            throw new InferException($"`{path}` is {golden.Type.Name()} {Tensor.Format(golden.Shape)}, but the network gives {actual.Type.Name()} {Tensor.Format(actual.Shape)}");
        var bound = allowance.Bound(Peak(golden));
        var (largest, unlike, outside) = (0.0, 0L, 0L);
        for (var i = 0; i < actual.Count; i++)
        {
            if (actual.Difference(golden, i) is not { } difference)
                unlike++;
            else
            {
                largest = Math.Max(largest, difference);
                outside += difference > bound ? 1 : 0;
            }
        }
        var share = actual.Count == 0 ? 0 : (double)(outside + unlike) / actual.Count;
        return new(largest, unlike, share, bound, unlike == 0 && share <= allowance.Outliers && largest <= Math.Max(bound, allowance.Worst));
    }

    /// <summary>The arithmetic mean of all elements; not a number for an empty tensor.</summary>
    public static double Mean(Tensor tensor)
    {
        var sum = 0.0;
        for (var i = 0; i < tensor.Count; i++)
            sum += tensor.At(i);
        return sum / tensor.Count;
    }

    /// <summary>The largest finite absolute value; 0 when there is none.</summary>
    static double Peak(Tensor tensor)
    {
        var peak = 0.0;
        for (var i = 0; i < tensor.Count; i++)
            if (Math.Abs(tensor.At(i)) is var size && double.IsFinite(size))
                peak = Math.Max(peak, size);
        return peak;
    }
}
