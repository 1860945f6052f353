// Removes activations that the integers behind them do already. Unaware of what makes the values.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// A <c>Relu</c> or <c>Clip</c> that only a QuantizeLinear reads, and whose ends are its least and largest integer, changes nothing: what lies beyond saturates to the same. With it in between ONNX Runtime fuses no convolution. Exact.
/// </summary>
sealed class DropClamps : IModelPass
{
    public string Name => "drop-clamps";

    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.Nodes.Where(node => node.Is("Relu", "Clip") && node.Output.Count == 1 && !index.IsOutput(node.Output[0])))
            if (index.Consumers(node.Output[0]) is { Count: > 0 } readers && readers.All(reader => IsCovered(index, node, reader)))
                index.TryBypass(node, node.Input[0]);
        index.Finish();
        return model;
    }

    static bool IsCovered(GraphIndex index, NodeProto clamp, NodeProto reader)
    {
        if (!PairParameters.IsQuantize(reader) || reader.Input[0] != clamp.Output[0] || PairParameters.Of(index, reader) is not { IsPlain: true } parameters)
            return false;
        return (clamp.Is("Relu") ? (0, double.PositiveInfinity) : Ends(index, clamp)) is ({ } least, { } largest)
            && parameters.Integer(least) == parameters.Range.Least && parameters.Integer(largest) == parameters.Range.Largest;
    }

    static (double Least, double Largest)? Ends(GraphIndex index, NodeProto clip) =>
        End(index, clip, 1, "min", double.NegativeInfinity) is { } least && End(index, clip, 2, "max", double.PositiveInfinity) is { } largest && least <= largest ? (least, largest) : null;

    static double? End(GraphIndex index, NodeProto clip, int input, string attribute, double otherwise)
    {
        if (clip.InputAt(input).Length == 0)
            return clip.Has(attribute) ? clip.GetNumber(attribute, 0) : otherwise;
        return index.Constant(clip.Input[input]) is { DataType: (int)TensorProto.Types.DataType.Float } constant && TensorData.Read<float>(constant) is [var end] ? end : null;
    }
}
