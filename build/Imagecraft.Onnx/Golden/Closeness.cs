// Holds outputs against what is expected of them. Unaware of who computed them.

using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>How far an output lies from what is expected.</summary>
/// <param name="Output">Its name.</param>
/// <param name="Largest">Largest absolute difference of two values; infinite when shapes differ, or when one value of a pair is no finite number.</param>
/// <param name="Bound">What is allowed of a value.</param>
/// <param name="Passes">Whether it is near enough.</param>
public sealed record OutputDeviation(string Output, double Largest, double Bound, bool Passes);

/// <summary>The rule by which the board judges too.</summary>
static class Closeness
{
    /// <summary>Every output; one that is missing is infinitely far.</summary>
    public static IReadOnlyList<OutputDeviation> Of(IReadOnlyDictionary<string, TypedTensor> expected, IReadOnlyDictionary<string, TypedTensor> actual, Tolerance tolerance) =>
        [.. expected.Select(pair => Of(pair.Key, pair.Value, actual.GetValueOrDefault(pair.Key), tolerance.Of(pair.Key, pair.Value.IsWhole)))];

    /// <summary>The largest absolute difference, as <see cref="OutputDeviation.Largest"/>.</summary>
    public static double Largest(TypedTensor expected, TypedTensor actual) => Of("", expected, actual, new(0)).Largest;

    static OutputDeviation Of(string output, TypedTensor expected, TypedTensor? actual, OutputTolerance allowed)
    {
        var bound = allowed.Bound(Peak(expected));
        if (actual is null || actual.Type != expected.Type || !actual.Shape.AsSpan().SequenceEqual(expected.Shape))
            return new(output, double.PositiveInfinity, bound, false);
        var (largest, outside) = (0.0, 0L);
        for (var i = 0; i < expected.Count; i++)
        {
            var (left, right) = (actual.At(i), expected.At(i));
            if (left.Equals(right))
                continue;
            var difference = Math.Abs(left - right);
            largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
            outside += difference <= bound ? 0 : 1;
        }
        return new(output, largest, bound, double.IsFinite(largest) && outside <= allowed.Outliers * expected.Count && largest <= Math.Max(bound, allowed.Worst ?? double.PositiveInfinity));
    }

    /// <summary>The largest finite absolute value; 0 when there is none.</summary>
    static double Peak(TypedTensor tensor)
    {
        var peak = 0.0;
        for (var i = 0; i < tensor.Count; i++)
            if (Math.Abs(tensor.At(i)) is var size && double.IsFinite(size))
                peak = Math.Max(peak, size);
        return peak;
    }
}
