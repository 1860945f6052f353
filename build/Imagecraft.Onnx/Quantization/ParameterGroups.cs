// Which values have the same integers. Unaware of graphs and of ranges.

namespace Imagecraft.Onnx.Quantization;

/// <summary>Values joined by operators that move or scale them: all of a group share a zero point, and their scales are known multiples of each other.</summary>
sealed class ParameterGroups
{
    readonly Dictionary<string, (string Parent, double Factor)> parents = [];

    /// <summary>Says that <paramref name="output"/> is <paramref name="input"/> times a positive factor.</summary>
    public void Join(string input, string output, double factor = 1)
    {
        var (left, leftFactor) = Find(input);
        var (right, rightFactor) = Find(output);
        if (left != right)
            parents[right] = (left, factor * leftFactor / rightFactor);
    }

    /// <summary>The value that stands for the group, and the factor from its scale to the scale of <paramref name="value"/>.</summary>
    public (string Root, double Factor) Find(string value)
    {
        var factor = 1.0;
        while (parents.TryGetValue(value, out var parent))
            (value, factor) = (parent.Parent, factor * parent.Factor);
        return (value, factor);
    }
}
