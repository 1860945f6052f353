// Lets operators that only move or choose values work on integers. Unaware of what computes.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// Frameworks put pairs where training had them, and leave transpositions, reshapes and pools between a pair and the product that should read integers. Such an operator gets a pair behind it where it reads one, and one before it
/// where only QuantizeLinear reads it: it gives what it was given, so the same integers come out. Exact. Of equal pairs around the largest of a window ONNX Runtime makes its slowest kernel, so there the scale before is the next larger number.
/// </summary>
sealed class MovePairs : IModelPass
{
    const int MostRounds = 64;

    static readonly ImmutableArray<string> Movers = ["Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "MaxPool", "Slice", "DepthToSpace", "SpaceToDepth", "Identity"];

    public string Name => "move-pairs";

    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        var changed = true;
        for (var round = 0; changed && round < MostRounds; round++)
        {
            changed = false;
            foreach (var node in index.TopologicalOrder().Where(IsMover))
                changed |= Behind(index, node);
            foreach (var node in index.TopologicalOrder().Reverse().Where(IsMover))
                changed |= Before(index, node);
        }
        index.Finish();
        return model;
    }

    static bool IsMover(NodeProto node) => node.Is([.. Movers]) && node.Output.Count == 1 && node.Input.Count > 0 && node.GetInteger("storage_order", 0) == 0;

    /// <summary>DequantizeLinear, mover: whoever reads the mover reads a pair.</summary>
    static bool Behind(GraphIndex index, NodeProto node)
    {
        var value = node.Output[0];
        if (index.Producer(node.Input[0]) is not { } source || !PairParameters.IsDequantize(source) || PairParameters.Of(index, source) is not { IsPlain: true, IsMade: true } numbers)
            return false;
        var readers = index.Consumers(value);
        if (readers.Count == 0 || readers.All(PairParameters.IsQuantize) || index.IsOutput(value))
            return false;
        var zero = numbers.Zero(index, source);
        var integers = Pair(index, "QuantizeLinear", value, node.Is("MaxPool") ? Larger(index, source) : source.Input[1], zero, $"{value}.q");
        var floats = Pair(index, "DequantizeLinear", integers.Output[0], source.Input[1], zero, $"{value}.d");
        index.ReplaceUses(value, floats.Output[0], except: integers);
        return true;
    }

    /// <summary>Mover, QuantizeLinear: the mover reads a pair of the same numbers.</summary>
    static bool Before(GraphIndex index, NodeProto node)
    {
        var (from, to) = (node.Input[0], node.Output[0]);
        if (index.Producer(from) is not { } source || PairParameters.IsDequantize(source) || index.IsOutput(to) || index.Consumers(to) is not { Count: > 0 } readers || !readers.All(PairParameters.IsQuantize))
            return false;
        var all = readers.Select(reader => PairParameters.Of(index, reader)).ToList();
        if (all[0] is not { IsPlain: true, IsMade: true } first || all.Any(other => other?.IsSame(first) != true))
            return false;
        var (scale, zero) = (readers[0].Input[1], first.Zero(index, readers[0]));
        var integers = Pair(index, "QuantizeLinear", from, scale, zero, $"{to}.before.q");
        var floats = Pair(index, "DequantizeLinear", integers.Output[0], scale, zero, $"{to}.before.d");
        index.SetInput(node, 0, floats.Output[0]);
        if (node.Is("MaxPool"))
            foreach (var reader in readers.ToArray())
                index.SetInput(reader, 1, Larger(index, reader));
        return true;
    }

    static NodeProto Pair(GraphIndex index, string kind, string from, string scale, string zero, string to)
    {
        var name = index.FreshName(to);
        return index.Add(new NodeProto { OpType = kind, Name = name, Input = { from, scale, zero }, Output = { name } });
    }

    // An integer of eight bits times a scale, divided by the next larger one, still rounds to itself.
    static string Larger(GraphIndex index, NodeProto pair) =>
        index.Add(TensorData.Make<float>(index.FreshName($"{pair.Input[1]}.next"), [MathF.BitIncrement(TensorData.Read<float>(index.Constant(pair.Input[1])!)[0])]));
}
