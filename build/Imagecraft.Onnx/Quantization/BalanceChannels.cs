// Brings the channels between two convolutions to like ranges. Unaware of integers.

using System.Collections.Immutable;
using System.Numerics.Tensors;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;
using Imagecraft.Onnx.Quantization.Operators;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Divides the channels of a convolution by factors with which the weights of the next one are multiplied, so the network computes the same, but one scale fits all channels of the value between.
/// It lies between the two alone, or behind a <c>Relu</c> that commutes with positive factors.
/// </summary>
/// <remarks>Source of the method: M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019), section 4.1; here with ranges seen in data.</remarks>
sealed class BalanceChannels
{
    /// <summary>Factors stay between this and its reciprocal: a channel that hardly ever moves needs no more.</summary>
    const float MostStretch = 64;

    readonly GraphIndex index;
    readonly List<Pair> pairs;

    BalanceChannels(GraphIndex index, ImmutableSortedSet<string> keep)
    {
        this.index = index;
        pairs = [.. index.TopologicalOrder().Select(Find).OfType<Pair>().Where(pair => !new[] { pair.First, pair.Second }.Any(node => keep.Contains(node.OpType) || keep.Contains(QuantizationPlanner.NameOf(node))))];
    }

    /// <summary>Changes the weights of a network whose values between convolutions <paramref name="probe"/> shows.</summary>
    /// <param name="model">Is changed.</param>
    /// <param name="probe">Runs the same network.</param>
    /// <param name="sequences">Stacks of frames.</param>
    /// <param name="keep">Names and kinds of nodes whose weights stay.</param>
    /// <param name="file">Names the model in messages.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Apply(ModelProto model, ActivationProbe probe, IEnumerable<FloatTensor> sequences, ImmutableSortedSet<string> keep, string file, CancellationToken cancellationToken)
    {
        var balance = new BalanceChannels(new(model.Graph, file), keep);
        if (balance.pairs.Count == 0)
            return;
        var peaks = balance.pairs.ToDictionary(pair => pair.Value, pair => new float[pair.Layout.Inputs]);
        probe.Observe(peaks.Keys, sequences, (name, shape, values) => Raise(peaks[name], shape, values), cancellationToken);
        foreach (var pair in balance.pairs)
            balance.Scale(pair, peaks[pair.Value]);
        balance.index.Finish();
    }

    /// <summary>The pair whose second convolution this is.</summary>
    Pair? Find(NodeProto second)
    {
        if (!second.Is("Conv") || Weights(second) is not { } weights || index.OnlyConsumer(second.Input[0]) is null)
            return null;
        var before = index.Producer(second.Input[0]);
        var first = before?.Is("Relu") == true && index.OnlyConsumer(before.Input[0]) is not null ? index.Producer(before.Input[0]) : before;
        if (first is null || !first.Is("Conv") || Weights(first) is not { } made || (first.InputAt(2).Length > 0 && index.Constant(first.Input[2]) is not { DataType: (int)ElementType.Float, Dims.Count: 1 }))
            return null;
        var groups = (int)second.GetInteger("group", 1);
        var channels = (int)made.Dims[0];
        return groups > 0 && weights.Dims[0] % groups == 0 && weights.Dims[1] * groups == channels ? new(first, second, second.Input[0], WeightLayout.OfConvolution(second, weights.Dims)) : null;
    }

    // Weights that several nodes read would become several.
    TensorProto? Weights(NodeProto node) => index.Constant(node.InputAt(1)) is { DataType: (int)ElementType.Float, Dims.Count: > 2 } weights && index.Consumers(weights.Name).Count == 1 ? weights : null;

    static void Raise(float[] peaks, long[] shape, ReadOnlySpan<float> values)
    {
        var inner = values.Length / (int)(shape[0] * shape[1]);
        for (var row = 0; row < shape[0] * shape[1]; row++)
        {
            ref var peak = ref peaks[row % peaks.Length];
            peak = Math.Max(peak, Math.Abs(TensorPrimitives.MaxMagnitude(values.Slice(row * inner, inner))));
        }
    }

    void Scale(Pair pair, float[] peaks)
    {
        var weights = TensorData.ReadFloats(Weights(pair.Second)!);
        var reached = InputPeaks(pair, weights);
        // In a depthwise convolution a channel's weights have a scale of their own, so the value between decides alone.
        var isDepthwise = pair.Layout.Groups == pair.Layout.Inputs;
        var wanted = peaks.Zip(reached, (peak, weight) => peak > 0 && weight > 0 ? (isDepthwise ? peak : Math.Sqrt(peak / (double)weight)) : 0).ToArray();
        var largest = wanted.Max();
        if (largest == 0 || !double.IsFinite(largest))
            return;
        float[] factors = [.. wanted.Select(factor => factor > 0 ? (float)Math.Max(factor / largest, 1 / MostStretch) : 1)];
        Replace(pair.First, 1, (value, at, size) => value / factors[at / (size / factors.Length)]);
        if (pair.First.InputAt(2).Length > 0)
            Replace(pair.First, 2, (value, at, _) => value / factors[at]);
        Replace(pair.Second, 1, (value, at, _) => value * factors[pair.Layout.Input(at)]);
    }

    /// <summary>The largest weight with which each channel is read.</summary>
    static float[] InputPeaks(Pair pair, float[] weights)
    {
        var reached = new float[pair.Layout.Inputs];
        for (var i = 0; i < weights.Length; i++)
        {
            ref var peak = ref reached[pair.Layout.Input(i)];
            peak = Math.Max(peak, Math.Abs(weights[i]));
        }
        return reached;
    }

    void Replace(NodeProto node, int at, Func<float, int, int, float> change)
    {
        var tensor = index.Constant(node.Input[at])!;
        var values = TensorData.ReadFloats(tensor);
        float[] changed = [.. values.Select((value, i) => change(value, i, values.Length))];
        index.SetInput(node, at, index.Add(TensorData.Make<float>(index.FreshName(tensor.Name), changed, [.. tensor.Dims])));
    }

    /// <summary>Two convolutions and the value between, as the second one reads it.</summary>
    /// <param name="First">The one before.</param>
    /// <param name="Second">The one behind.</param>
    /// <param name="Value">What the second one reads.</param>
    /// <param name="Layout">Of the second one's weights.</param>
    sealed record Pair(NodeProto First, NodeProto Second, string Value, WeightLayout Layout);
}
