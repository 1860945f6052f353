// Replaces the weights and biases of nodes by integers. Unaware of activations but for the scale of the input.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Weights by tensor or by channel, biases in the steps of the products.</summary>
sealed class WeightWriter(GraphIndex index, QdqTensors tensors, QuantizationOptions options)
{
    /// <summary>Fewer weights to a channel than this, and its scale is more than a sixteenth of them.</summary>
    const int ManyWeights = 64;

    /// <summary>Fewer channels than this, and their scales take no bytes worth saving.</summary>
    const int FewChannels = 16;

    /// <summary>Channels that differ by less than this factor lose at most two bits by a common scale.</summary>
    const float LikeChannels = 4;

    /// <summary>Quantizes the constants of a node; gives their bytes before and after.</summary>
    /// <param name="planned">A node with weights.</param>
    /// <param name="inputScale">Scale of the activations it reads.</param>
    /// <param name="remainder">What these are more than their integers stand for; becomes part of the bias. Padding has no remainder, so at the rim this is exact to that alone.</param>
    public (long Before, long After) Write(PlannedNode planned, float inputScale, float remainder)
    {
        var (node, rule) = (planned.Node, planned.Rule);
        var tensor = index.Constant(node.Input[rule.Weights])!;
        var biasTensor = rule.Bias is { } at ? index.Constant(node.InputAt(at)) : null;
        var (weights, bias) = (Finite(tensor, node, index.File), biasTensor is null ? [] : Finite(biasTensor, node, index.File));
        long[] shape = [.. tensor.Dims];
        if (remainder != 0)
            Add(bias, weights, shape, rule.ChannelAxis(node, tensor)!.Value, remainder);
        var axis = options.PerChannel && rule.ChannelAxis(node, tensor) is { } by && !MayShareScale(weights, shape, by) ? by : (int?)null;
        var least = WeightQuantizer.LeastScales(bias, inputScale, axis is { } channels ? (int)shape[channels] : 1);
        var quantized = WeightQuantizer.Quantize(weights, shape, axis, options.WeightType, options.ReduceRange, least);
        index.SetInput(node, rule.Weights, tensors.Constant(tensor.Name, quantized.Integers, shape, quantized.Scales, quantized.ZeroPoint, axis, options.WeightType));
        if (biasTensor is not null)
        {
            var (integers, scales) = WeightQuantizer.QuantizeBias(bias, inputScale, quantized.Scales);
            index.SetInput(node, rule.Bias!.Value, tensors.Bias(biasTensor.Name, integers, biasTensor.Dims, [.. scales], perChannel: axis is not null));
        }
        return (4L * (weights.Length + bias.Length), weights.Length + (4L * (bias.Length + quantized.Scales.Length)));
    }

    /// <summary>Whether scales by channel would take more of the file than they are worth.</summary>
    static bool MayShareScale(float[] weights, long[] shape, int axis)
    {
        var channels = (int)shape[axis];
        if (channels < FewChannels || weights.Length >= (long)channels * ManyWeights)
            return false;
        var inner = (int)shape[(axis + 1)..].Aggregate(1L, (product, size) => product * size);
        var peaks = new float[channels];
        for (var i = 0; i < weights.Length; i++)
            peaks[i / inner % channels] = Math.Max(peaks[i / inner % channels], Math.Abs(weights[i]));
        return peaks.Max() < LikeChannels * peaks.Min();
    }

    /// <summary>Adds to each channel's bias what all its weights make of a constant.</summary>
    static void Add(float[] bias, float[] weights, long[] shape, int axis, float constant)
    {
        var inner = (int)shape[(axis + 1)..].Aggregate(1L, (product, size) => product * size);
        var sums = new double[bias.Length];
        for (var i = 0; i < weights.Length; i++)
            sums[i / inner % sums.Length] += weights[i];
        for (var channel = 0; channel < bias.Length; channel++)
            bias[channel] += (float)(sums[channel] * constant);
    }

    /// <summary>The values of a constant; one that is not a finite number is an <see cref="OnnxException"/>.</summary>
    public static float[] Finite(TensorProto tensor, NodeProto node, string file)
    {
        var values = TensorData.ReadFloats(tensor);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? values : throw new OnnxException(FormattableString.Invariant($"The weights `{tensor.Name}` of the node {node.Display()} of `{file}` have {values[bad]} at position {bad}, which cannot be quantized; repair the network or exclude the node in `exclude`"));
    }
}
