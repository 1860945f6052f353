// Which values have the same integers, and the parameters of each. Unaware of graphs.

using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Values joined by operators that move them, scale them or add a constant: each is a known affine map of the one that stands for its group.</summary>
sealed class ParameterGroups
{
    /// <summary>
    /// A summand must be a whole number of steps for zero to stay exact, so the scale grows until it is: by at most one part in as many steps as the summand has.
    /// </summary>
    const int LeastSteps = 16;

    readonly Dictionary<string, (string Parent, double Factor, double Offset)> parents = [];

    /// <summary>Says that <paramref name="output"/> is <paramref name="input"/> times a positive factor plus an offset. False when both are of one group already, and related in another way there.</summary>
    public bool Join(string input, string output, double factor = 1, double offset = 0)
    {
        var (left, leftFactor, leftOffset) = Find(input);
        var (right, rightFactor, rightOffset) = Find(output);
        if (left == right)
            return (factor * leftFactor, (factor * leftOffset) + offset) == (rightFactor, rightOffset);
        parents[right] = (left, factor * leftFactor / rightFactor, ((factor * leftOffset) + offset - rightOffset) / rightFactor);
        return true;
    }

    /// <summary>The value that stands for the group, and how <paramref name="value"/> is made of it.</summary>
    public (string Root, double Factor, double Offset) Find(string value)
    {
        var (factor, offset) = (1.0, 0.0);
        while (parents.TryGetValue(value, out var parent))
            (value, factor, offset) = (parent.Parent, factor * parent.Factor, (factor * parent.Offset) + offset);
        return (value, factor, offset);
    }

    /// <summary>The parameters of all values.</summary>
    /// <param name="values">Those that get parameters.</param>
    /// <param name="ranges">By value; each group has one at least.</param>
    /// <param name="type">Type of the integers.</param>
    /// <param name="symmetric">Zero in the middle; there must be no offsets then.</param>
    /// <param name="tolerant">Values whose readers can add what rounding an offset to whole steps leaves.</param>
    /// <param name="whole">Values whose scale is to be one by a whole number.</param>
    public GroupParameters Parameters(IReadOnlyCollection<string> values, IReadOnlyDictionary<string, ValueRange> ranges, QuantizedType type, bool symmetric, IReadOnlySet<string> tolerant, IReadOnlySet<string>? whole = null)
    {
        var found = new GroupParameters([], [], []);
        foreach (var group in values.Select(value => (Value: value, Map: Find(value))).GroupBy(member => member.Map.Root))
        {
            var range = group
                .SelectMany(member => ranges.TryGetValue(member.Value, out var seen) ? new[] { Root(0, member.Map), Root(seen.Least, member.Map), Root(seen.Largest, member.Map) } : [Root(0, member.Map)])
                .Aggregate(new ValueRange(0, 0), (all, one) => all.Union(new(one, one)));
            var of = QuantizationParameters.Cover(range, type, symmetric);
            double[] shifts = [.. group.Where(member => !tolerant.Contains(member.Value)).Select(member => Math.Abs(member.Map.Offset / member.Map.Factor)).Where(shift => shift > 0).Distinct()];
            var steps = shifts.Length == 1 ? Math.Floor(shifts[0] / of.Scale) : 0;
            if (steps >= LeastSteps)
            {
                of = of with { Scale = (float)(shifts[0] / steps) };
                of = of with { ZeroPoint = Math.Clamp((int)Math.Round(type.Least() - (range.Least / of.Scale), MidpointRounding.ToEven), type.Least(), type.Largest()) };
            }
            else if (shifts.Length == 0 && group.Any(member => member.Map is (_, 1, 0) && whole?.Contains(member.Value) == true))
                of = of.WithWholeReciprocal();
            foreach (var (value, map) in group)
            {
                var shift = map.Offset / map.Factor / of.Scale;
                var zero = of.ZeroPoint - (int)Math.Round(shift);
                if (map.Offset != 0 && ((steps < LeastSteps && !tolerant.Contains(value)) || zero < type.Least() || zero > type.Largest()))
                    found.Inexpressible.Add(value);
                else if (tolerant.Contains(value))
                    found.Remainders.Add(value, (float)((shift - Math.Round(shift)) * of.Scale * map.Factor));
                found.Parameters.Add(value, of with { Scale = (float)(of.Scale * map.Factor), ZeroPoint = zero });
            }
        }
        return found;
    }

    /// <summary>A value of a member in units of the root.</summary>
    static float Root(float value, (string Root, double Factor, double Offset) map) => (float)((value - map.Offset) / map.Factor);
}

/// <summary>What is known of values once ranges are.</summary>
/// <param name="Parameters">Of each value.</param>
/// <param name="Inexpressible">Values whose offset cannot be expressed by a zero point.</param>
/// <param name="Remainders">By how much tolerant values are more than their integers stand for: less than a step, where an offset was rounded to whole steps.</param>
sealed record GroupParameters(Dictionary<string, QuantizationParameters> Parameters, HashSet<string> Inexpressible, Dictionary<string, float> Remainders);
