// Which part of a value's range makes a difference to what reads it. Unaware of data and integers.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>
/// Readers that cut values off, or become zero below a limit, do not tell apart what lies beyond: <c>x clip(x + 3, 0, 6)</c> is zero for all x up to -3. Integers need not stand for that part,
/// so they get finer where it counts, and nothing is lost.
/// </summary>
static class EffectiveRange
{
    static readonly ValueRange Everything = new(float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>Constant factors and summands that are followed behind a value.</summary>
    const int Depth = 4;

    /// <summary>The part of a value's range outside of which all readers give what they give at its ends; infinite where there is no end.</summary>
    public static ValueRange Of(GraphIndex index, string value) => Of(index, value, Depth);

    static ValueRange Of(GraphIndex index, string value, int depth)
    {
        var readers = index.Consumers(value);
        return depth == 0 || index.IsOutput(value) || readers.Count == 0
            ? Everything
            : readers.Select(reader => Of(index, reader, value, depth)).Aggregate((all, one) => all.Union(one));
    }

    static ValueRange Of(GraphIndex index, NodeProto reader, string value, int depth)
    {
        if (reader.Is("HardSwish"))
            return new(-3, float.PositiveInfinity);
        if (reader.Is("HardSigmoid"))
            return Through(new(0, 1), HardSigmoidMap(reader));
        if (OperatorTable.Find(reader, index) is { Family: OperatorFamily.Clamping } clamp)
            return clamp.Limits(reader, index);
        if (reader.Is("Add", "Mul", "Div") && Map(index, reader, value) is { } map)
            return Through(Of(index, reader.Output[0], depth - 1), map);
        return reader.Is("Mul") && reader.Input.FirstOrDefault(input => input != value) is { } other && ZeroUpTo(index, other, value) is { } limit ? new(limit, float.PositiveInfinity) : Everything;
    }

    /// <summary>Below which value of <paramref name="value"/> a factor is zero, when it is a rectified map of it.</summary>
    static float? ZeroUpTo(GraphIndex index, string factor, string value)
    {
        if (index.Producer(factor) is not { } node)
            return null;
        if (node.Is("HardSigmoid") && node.Input[0] == value)
            return Through(new(0, 1), HardSigmoidMap(node)).Least;
        if (OperatorTable.Find(node, index) is not { Family: OperatorFamily.Clamping } clamp || clamp.Limits(node, index).Least != 0)
            return null;
        var range = new ValueRange(0, float.PositiveInfinity);
        var inner = node.Input[0];
        for (var depth = 0; inner != value; depth++)
        {
            if (depth == Depth || index.Producer(inner) is not { } before || !before.Is("Add", "Mul", "Div") || before.Input.FirstOrDefault(input => index.Constant(input) is null) is not { } input || Map(index, before, input) is not { } map)
                return null;
            (range, inner) = (Through(range, map), input);
        }
        return range.Least;
    }

    static (float Factor, float Offset) HardSigmoidMap(NodeProto node) => (node.GetNumber("alpha", 0.2f), node.GetNumber("beta", 0.5f));

    /// <summary>What a node does to the value when its other input is one number.</summary>
    static (float Factor, float Offset)? Map(GraphIndex index, NodeProto node, string value) =>
        node.Input.Count != 2 || AffineOperators.Number(index, node.Input[0] == value ? node.Input[1] : node.Input[0]) is not { } number ? null
        : node.OpType == "Add" ? (1, number)
        : node.OpType == "Mul" ? (number, 0)
        : node.Input[0] == value ? (1 / number, 0)
        : null;

    /// <summary>The range before a map of which <paramref name="range"/> is the one behind; a factor that turns it around is not followed.</summary>
    static ValueRange Through(ValueRange range, (float Factor, float Offset) map) =>
        float.IsNormal(map.Factor) && map.Factor > 0 && float.IsFinite(map.Offset) ? new((range.Least - map.Offset) / map.Factor, (range.Largest - map.Offset) / map.Factor) : Everything;
}
