// Lets windows pad for themselves. Unaware of what they compute of their values.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Makes a <c>Pad</c> of spatial dimensions part of the <c>Conv</c>, <c>AveragePool</c> or <c>MaxPool</c> that alone reads it. Convolutions and averages take zeros, which an average then counts; a largest value takes what no
/// value is below: minus infinity, or what a <c>Relu</c>, <c>Sigmoid</c> or <c>Clip</c> before it gives at least. Assumes that constants are initializers (<see cref="FoldConstants"/>); keeps cropping, padding of which the window
/// would be less than the pad, and windows whose own padding is found from shapes, whose result is rounded up, that pad averages already, or that tell places in what they read.
/// </summary>
public sealed class FoldPads : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fold-pads";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var pad in index.Nodes.Where(node => node.Is("Pad") && node.Output.Count == 1))
            if (index.OnlyConsumer(pad.Output[0]) is { } window && window.Is("Conv", "AveragePool", "MaxPool") && window.Output.Skip(1).All(places => places.Length == 0) && window.Input[0] == pad.Output[0] && Widths(index, pad) is { } widths)
                Fold(index, pad, widths, window);
        index.Finish();
        return model;
    }

    static void Fold(GraphIndex index, NodeProto pad, long[] widths, NodeProto window)
    {
        var dimensions = (widths.Length / 2) - 2;
        long[] kernel = [.. window.GetIntegers("kernel_shape") ?? (window.Is("Conv") && index.ShapeOf(window.InputAt(1)) is { Length: > 2 } weights ? [.. weights[2..]] : [])];
        long[] own = [.. window.GetIntegers("pads") ?? [.. new long[Math.Max(2 * dimensions, 0)]]];
        if (dimensions < 1 || kernel.Length != dimensions || own.Length != 2 * dimensions || window.GetText("auto_pad", "NOTSET") is not ("NOTSET" or "VALID") || window.GetInteger("ceil_mode", 0) != 0)
            return;
        long[] added = [.. widths[2..(2 + dimensions)], .. widths[(4 + dimensions)..]];
        if (widths[0] != 0 || widths[1] != 0 || widths[2 + dimensions] != 0 || widths[3 + dimensions] != 0 || Array.Exists(added, width => width < 0) || !Takes(index, pad, window, kernel, added, own))
            return;
        var (value, output) = (pad.Input[0], pad.Output[0]);
        if (!index.TryBypass(pad, value))
            return;
        window.Without("auto_pad").With("pads", added.Zip(own, (left, right) => left + right));
        if (window.Is("AveragePool") && Array.Exists(added, width => width > 0))
            window.With("count_include_pad", 1L);
    }

    /// <summary>Whether a window that pads by itself gives the same.</summary>
    static bool Takes(GraphIndex index, NodeProto pad, NodeProto window, long[] kernel, long[] added, long[] own)
    {
        if (Filling(index, pad) is not { } filling)
            return false;
        if (window.Is("Conv"))
            return filling == 0;
        // Pools refuse to pad by a whole window, and one that lies within padding has no value to choose.
        for (var i = 0; i < added.Length; i++)
            if (added[i] + own[i] >= kernel[i % kernel.Length])
                return false;
        if (window.Is("AveragePool"))
            return filling == 0 && Array.TrueForAll(own, width => width == 0);
        return float.IsNegativeInfinity(filling) || filling <= Least(index, pad.Input[0]);
    }

    /// <summary>What a value is never below, as far as the node that makes it tells.</summary>
    static float Least(GraphIndex index, string value) => index.Producer(value) is not { } producer ? float.NegativeInfinity
        : producer.Is("Relu", "Sigmoid", "HardSigmoid", "Softmax") ? 0
        : producer.Is("Clip") && Number(index, producer.InputAt(1)) is { } least ? least
        : float.NegativeInfinity;

    /// <summary>The constant that is filled in; null for another mode, or what is no constant.</summary>
    static float? Filling(GraphIndex index, NodeProto pad) =>
        pad.GetText("mode", "constant") != "constant" ? null : pad.InputAt(2).Length == 0 ? pad.GetNumber("value", 0) : Number(index, pad.Input[2]);

    static float? Number(GraphIndex index, string value) =>
        index.Constant(value) is { DataType: (int)TensorProto.Types.DataType.Float } tensor && TensorData.Count(tensor) == 1 ? TensorData.ReadFloats(tensor)[0] : null;

    /// <summary>Begins of all dimensions, then ends; null where they are no constant, or of some axes only.</summary>
    static long[]? Widths(GraphIndex index, NodeProto pad) =>
        pad.InputAt(3).Length > 0 ? null
        : pad.GetIntegers("pads") is { } given ? [.. given]
        : index.Constant(pad.InputAt(1)) is { DataType: (int)TensorProto.Types.DataType.Int64 } tensor ? TensorData.Read<long>(tensor)
        : null;
}
