// y = scale * x + shift for each channel, read from the nodes that compute it. Unaware of what it is folded into.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes.Affine;

/// <summary>What a node does to each channel of its one variable input.</summary>
/// <param name="Input">The variable input's name.</param>
/// <param name="Scale">One factor for each channel.</param>
/// <param name="Shift">One summand for each channel.</param>
sealed record ChannelAffine(string Input, double[] Scale, double[] Shift)
{
    const float DefaultEpsilon = 1e-5f;

    /// <summary>Of a <c>BatchNormalization</c> outside training with constant float parameters; null for all else.</summary>
    /// <remarks>Source: the operator's definition, (x - mean) / sqrt(variance + epsilon) * scale + bias.</remarks>
    public static ChannelAffine? OfBatchNormalization(GraphIndex index, NodeProto node, int channels)
    {
        if (!node.Is("BatchNormalization") || node.GetInteger("training_mode", 0) != 0 || node.GetInteger("spatial", 1) != 1 || node.Output.Skip(1).Any(output => output.Length > 0))
            return null;
        if (Vector(index, node.InputAt(1), channels) is not { } factor || Vector(index, node.InputAt(2), channels) is not { } bias || Vector(index, node.InputAt(3), channels) is not { } mean || Vector(index, node.InputAt(4), channels) is not { } variance)
            return null;
        double epsilon = node.GetNumber("epsilon", DefaultEpsilon);
        if (Array.Exists(variance, value => !(value + epsilon > 0)))
            return null;
        var scale = factor.Zip(variance, (value, spread) => value / Math.Sqrt(spread + epsilon)).ToArray();
        return new(node.Input[0], scale, [.. Enumerable.Range(0, channels).Select(c => bias[c] - (mean[c] * scale[c]))]);
    }

    /// <summary>Of <c>Mul</c>, <c>Div</c>, <c>Add</c> or <c>Sub</c> with a float constant that is one number or one for each channel, and does not change the value's shape; null for all else.</summary>
    /// <param name="index">The graph.</param>
    /// <param name="node">The node.</param>
    /// <param name="channels">How many channels the value has.</param>
    /// <param name="rank">How many dimensions the value has.</param>
    /// <param name="axis">The dimension of the channels.</param>
    public static ChannelAffine? OfArithmetic(GraphIndex index, NodeProto node, int channels, int rank, int axis)
    {
        if (!node.Is("Mul", "Div", "Add", "Sub") || node.Input.Count != 2)
            return null;
        var right = Operand(index.Constant(node.Input[1]), channels, rank, axis);
        var constant = right ?? (node.Is("Div") ? null : Operand(index.Constant(node.Input[0]), channels, rank, axis));
        if (constant is null)
            return null;
        var input = node.Input[right is null ? 1 : 0];
        var (ones, zeros) = (Enumerable.Repeat(1.0, channels).ToArray(), new double[channels]);
        return node.OpType switch
        {
            "Mul" => new(input, constant, zeros),
            "Div" => Array.Exists(constant, value => value == 0) ? null : new(input, Array.ConvertAll(constant, value => 1 / value), zeros),
            "Add" => new(input, ones, constant),
            // constant - x, or x - constant.
            _ => right is null ? new(input, Array.ConvertAll(ones, one => -one), constant) : new(input, ones, Array.ConvertAll(constant, value => -value)),
        };
    }

    static double[]? Vector(GraphIndex index, string value, int channels) => index.Constant(value) is { } tensor ? Operand(tensor, channels, 1, 0) : null;

    /// <summary>A float constant as one value for each channel; null when it is none, or differs within a channel.</summary>
    /// <param name="tensor">The constant, of any shape.</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="rank">How many dimensions the value has that it is combined with.</param>
    /// <param name="axis">The dimension of the channels.</param>
    public static double[]? Operand(TensorProto? tensor, int channels, int rank, int axis)
    {
        if (tensor is not { DataType: (int)ElementType.Float } || tensor.Dims.Count > rank)
            return null;
        for (var i = 0; i < tensor.Dims.Count; i++)
            if (tensor.Dims[i] != 1 && (i + rank - tensor.Dims.Count != axis || tensor.Dims[i] != channels))
                return null;
        var values = TensorData.ReadFloats(tensor);
        return [.. Enumerable.Range(0, channels).Select(channel => (double)values[values.Length == 1 ? 0 : channel])];
    }
}
