// Replaces the weights and biases of nodes by integers. Unaware of activations but for the scale of the input.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization;

/// <summary>What is known of the activations that a layer reads.</summary>
/// <param name="Scale">Of their integers.</param>
/// <param name="Remainder">What they are more than their integers stand for; becomes part of the bias. Padding has no remainder, so at the rim this is exact to that alone.</param>
/// <param name="Means">What they are in the mean, by channel; null when biases are not corrected.</param>
readonly record struct WeightReads(float Scale, float Remainder, float[]? Means);

/// <summary>Weights by tensor or by channel, biases in the steps of the products.</summary>
/// <param name="index">The graph.</param>
/// <param name="tensors">Writes integers into it.</param>
/// <param name="rounded">Weights that are rounded better than to the nearest, by the name of what they were rounded from.</param>
/// <param name="options">What is wanted.</param>
sealed class WeightWriter(GraphIndex index, QdqTensors tensors, IReadOnlyDictionary<string, QuantizedWeights> rounded, QuantizationOptions options)
{
    /// <summary>Quantizes the constants of a node; gives their bytes before and after.</summary>
    /// <param name="planned">A node with weights.</param>
    /// <param name="reads">What it reads.</param>
    public (long Before, long After) Write(PlannedNode planned, WeightReads reads)
    {
        var (node, rule) = (planned.Node, planned.Rule);
        var tensor = index.Constant(node.Input[rule.Weights])!;
        var weights = Finite(tensor, node, index.File);
        long[] shape = [.. tensor.Dims];
        var layout = rule.Layout?.Invoke(node, shape);
        var bias = Bias(node, rule, layout);
        if (reads.Remainder != 0)
            Add(bias!.Values, weights, layout!.Value, reads.Remainder);
        var axis = options.PerChannel && rule.ChannelAxis(node, tensor) is { } by ? by : (int?)null;
        var least = WeightQuantizer.LeastScales(bias?.Values, reads.Scale, axis is { } channels ? (int)shape[channels] : 1);
        var quantized = WeightQuantizer.Quantize(weights, shape, axis, options.WeightType, options.ReduceRange, least);
        // A bias that needs larger steps than the weights has them rounded to the nearest.
        if (rounded.TryGetValue(node.Input[rule.Weights], out var better) && better.Scales.SequenceEqual(quantized.Scales))
            quantized = better;
        index.SetInput(node, rule.Weights, tensors.Constant(tensor.Name, quantized.Integers, shape, quantized.Scales, quantized.ZeroPoint, axis, options.WeightType));
        if (reads.Means is { } means)
        {
            var gains = BiasCorrection.Of(weights, quantized, layout!.Value, Array.ConvertAll(means, mean => mean - reads.Remainder));
            bias ??= Array.Exists(gains, gain => gain != 0) ? new($"{tensor.Name}.bias", new float[gains.Length]) : null;
            for (var i = 0; i < bias?.Values.Length; i++)
                bias.Values[i] += gains[i];
        }
        if (bias is not null)
        {
            var (integers, scales) = WeightQuantizer.QuantizeBias(bias.Values, reads.Scale, quantized.Scales);
            index.SetInput(node, rule.Bias!.Value, tensors.Bias(bias.Name, integers, [bias.Values.Length], [.. scales], perChannel: axis is not null));
        }
        var biases = bias?.Values.Length ?? 0;
        return (4L * (weights.Length + biases), weights.Length + (4L * (biases + quantized.Scales.Length)));
    }

    BiasValues? Bias(NodeProto node, OperatorRule rule, WeightLayout? layout)
    {
        if (rule.Bias is not { } at || index.Constant(node.InputAt(at)) is not { } tensor)
            return null;
        var values = Finite(tensor, node, index.File);
        return values.Length == layout!.Value.Outputs
            ? new(tensor.Name, values)
            : throw new OnnxException($"The bias `{tensor.Name}` of the node {node.Display()} of `{index.File}` has {values.Length} values, but the node makes {layout.Value.Outputs} channels; repair the network");
    }

    /// <summary>Adds to each channel's bias what all its weights make of a constant.</summary>
    static void Add(float[] bias, float[] weights, WeightLayout layout, float constant)
    {
        var sums = new double[bias.Length];
        for (var i = 0; i < weights.Length; i++)
            sums[layout.Output(i)] += weights[i];
        for (var channel = 0; channel < bias.Length; channel++)
            bias[channel] += (float)(sums[channel] * constant / layout.Strides);
    }

    /// <summary>The values of a constant; one that is not a finite number is an <see cref="OnnxException"/>.</summary>
    public static float[] Finite(TensorProto tensor, NodeProto node, string file)
    {
        var values = TensorData.ReadFloats(tensor);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? values : throw new OnnxException(FormattableString.Invariant($"The weights `{tensor.Name}` of the node {node.Display()} of `{file}` have {values[bad]} at position {bad}, which cannot be quantized; repair the network or exclude the node in `exclude`"));
    }

    sealed record BiasValues(string Name, float[] Values);
}
