// Gives products whose factors are integers a bias of integers. Unaware of what reads them.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// Training keeps biases in float, and some exporters give them a scale of their own; integer kernels add them to sums whose step is the scale of the input times that of the weights, and ONNX Runtime takes integers for such without a
/// look at their scale. Moves a bias by at most half of that step, a fraction of a step of what is made.
/// </summary>
sealed class PairBiases : IModelPass
{
    public string Name => "pair-biases";

    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder().Where(node => node.Is("Conv", "Gemm") && node.InputAt(2).Length > 0))
            if (Steps(index, node) is { } steps && Values(index, node.Input[2]) is { } bias && (steps.Length == 1 || steps.Length == bias.Length))
                Store(index, node, bias, steps);
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }

    /// <summary>The step of each channel's sums; null for what is not computed on integers.</summary>
    static ImmutableArray<double>? Steps(GraphIndex index, NodeProto node)
    {
        if (Numbers(index, node.Input[0]) is not { IsPlain: true } input || Numbers(index, node.Input[1]) is not { } weights)
            return null;
        if (node.Is("Gemm") && (node.GetNumber("alpha", 1) != 1 || node.GetNumber("beta", 1) != 1))
            return null;
        var channels = node.Is("Conv") ? 0 : node.GetInteger("transB", 0) == 0 ? 1 : 0;
        return weights.IsPlain || weights.Axis == channels ? [.. weights.Scales.Select(scale => (double)(input.Scales[0] * scale))] : null;
    }

    static PairParameters? Numbers(GraphIndex index, string value) => index.Producer(value) is { } pair && PairParameters.IsDequantize(pair) ? PairParameters.Of(index, pair) : null;

    static double[]? Values(GraphIndex index, string value)
    {
        if (index.Constant(value) is { DataType: (int)ElementType.Float, Dims.Count: 1 } plain)
            return Array.ConvertAll(TensorData.Read<float>(plain), number => (double)number);
        if (Numbers(index, value) is not { } numbers || index.Constant(index.Producer(value)!.Input[0]) is not { Dims.Count: 1 } integers)
            return null;
        var stored = TensorData.ReadIntegers(integers);
        return numbers.IsPlain || numbers.Scales.Length == stored.Length
            ? [.. stored.Select((integer, i) => (integer - numbers.ZeroPoints[numbers.IsPlain ? 0 : i]) * (double)numbers.Scales[numbers.IsPlain ? 0 : i])]
            : null;
    }

    static void Store(GraphIndex index, NodeProto node, double[] bias, ImmutableArray<double> steps)
    {
        var rounded = bias.Select((value, i) => Math.Round(value / steps[steps.Length == 1 ? 0 : i], MidpointRounding.ToEven)).ToArray();
        // Steps that are so small for the bias would make another number of it: the product stays float.
        if (rounded.Any(value => !(Math.Abs(value) < int.MaxValue)))
            return;
        int[] integers = Array.ConvertAll(rounded, value => (int)value);
        var stem = node.Input[2];
        var (q, s) = (index.FreshName($"{stem}.q"), index.FreshName($"{stem}.s"));
        index.Add(new TensorProto { Name = q, DataType = (int)ElementType.Int32, Dims = { integers.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(integers.AsSpan())) });
        float[] scales = [.. steps.Select(step => (float)step)];
        index.Add(steps.Length == 1 ? TensorData.Make<float>(s, scales) : TensorData.Make<float>(s, scales, scales.Length));
        var name = index.FreshName($"{stem}.d");
        var pair = index.Add(new NodeProto { OpType = "DequantizeLinear", Name = name, Input = { q, s }, Output = { name } });
        if (steps.Length > 1)
            pair.With("axis", 0L);
        index.SetInput(node, 2, name);
    }
}
