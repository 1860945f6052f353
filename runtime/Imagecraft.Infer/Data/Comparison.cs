// Figures over tensors. Unaware of where they came from.

namespace Imagecraft.Infer.Data;

static class Comparison
{
    /// <summary>The largest absolute difference of two tensors of one type and shape; infinite when only one of a pair is not a number.</summary>
    public static double Largest(Tensor actual, Tensor golden, string path)
    {
        if (actual.Type != golden.Type || !actual.Shape.AsSpan().SequenceEqual(golden.Shape))
            throw new InferException($"`{path}` is {golden.Type.Name()} {Tensor.Format(golden.Shape)}, but the network gives {actual.Type.Name()} {Tensor.Format(actual.Shape)}");
        var largest = 0.0;
        for (var i = 0; i < actual.Count; i++)
        {
            var (left, right) = (actual.At(i), golden.At(i));
            if (left.Equals(right))
                continue;
            var difference = Math.Abs(left - right);
            largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }
        return largest;
    }

    /// <summary>The share, from 0 to 1, of elements that differ by more than <paramref name="tolerance"/> from those of a tensor of the same type and shape; 0 for empty tensors.</summary>
    public static double Outside(Tensor actual, Tensor golden, double tolerance)
    {
        var outside = 0L;
        for (var i = 0; i < actual.Count; i++)
        {
            var (left, right) = (actual.At(i), golden.At(i));
            if (!left.Equals(right) && !(Math.Abs(left - right) <= tolerance))
                outside++;
        }
        return actual.Count == 0 ? 0 : (double)outside / actual.Count;
    }

    /// <summary>The arithmetic mean of all elements; not a number for an empty tensor.</summary>
    public static double Mean(Tensor tensor)
    {
        var sum = 0.0;
        for (var i = 0; i < tensor.Count; i++)
            sum += tensor.At(i);
        return sum / tensor.Count;
    }
}
