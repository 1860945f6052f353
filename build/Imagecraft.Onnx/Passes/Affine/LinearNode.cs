// Operators whose constant weights can take up a factor and a summand of each output channel. Unaware of where these come from.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes.Affine;

/// <summary>A <c>Conv</c>, <c>ConvTranspose</c> or <c>Gemm</c> with float constants for weights and bias, or a <c>MatMul</c> with a constant matrix, alone or with the <c>Add</c> of a bias behind it.</summary>
sealed record LinearNode
{
    readonly GraphIndex index;
    readonly NodeProto node;
    readonly NodeProto? add;
    readonly TensorProto weights;
    readonly float[] bias;

    LinearNode(GraphIndex index, NodeProto node, NodeProto? add, TensorProto weights, float[] bias) =>
        (this.index, this.node, this.add, this.weights, this.bias) = (index, node, add, weights, bias);

    /// <summary>How many output channels there are.</summary>
    public int Channels { get; private init; }

    /// <summary>How many dimensions the output has.</summary>
    public int Rank { get; private init; }

    /// <summary>The output's dimension of the channels.</summary>
    public int Axis { get; private init; }

    /// <summary>The linear operator that makes a value which nothing else reads, or null when there is none whose weights can be changed.</summary>
    public static LinearNode? Behind(GraphIndex index, string value)
    {
        if (index.Producer(value) is not { } node || index.OnlyConsumer(value) is null)
            return null;
        if (node.Is("Conv", "ConvTranspose"))
            return OfConvolution(index, node);
        if (node.Is("Gemm"))
            return OfGemm(index, node);
        if (node.Is("MatMul"))
            return OfMatMul(index, node, null);
        // The bias of a matrix product is a node of its own.
        if (node.Is("Add") && node.Input.Count == 2)
            for (var side = 0; side < 2; side++)
                if (index.Producer(node.Input[side]) is { } product && product.Is("MatMul") && index.OnlyConsumer(node.Input[side]) is not null)
                    return OfMatMul(index, product, node);
        return null;
    }

    /// <summary>Whether a summand can be taken up.</summary>
    public bool HasBias => !node.Is("MatMul") || add is not null;

    /// <summary>Gives the operator new weights and a new bias, so that it does what the <paramref name="affine"/> did to its output.</summary>
    public void Fold(ChannelAffine affine)
    {
        var values = TensorData.Read<float>(weights);
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(values[i] * affine.Scale[ChannelOf(i)]);
        index.SetInput(node, 1, index.Add(TensorData.Make<float>(index.FreshName($"{node.Output[0]}_weights"), values, [.. weights.Dims])));
        if (!HasBias)
            return;
        var shifted = new float[Channels];
        for (var channel = 0; channel < Channels; channel++)
            shifted[channel] = (float)((bias[channel] * affine.Scale[channel]) + affine.Shift[channel]);
        var name = index.Add(TensorData.Make<float>(index.FreshName($"{node.Output[0]}_bias"), shifted, Channels));
        if (add is not null)
            index.SetInput(add, index.Constant(add.Input[0]) is null ? 1 : 0, name);
        else
            index.SetInput(node.Without("beta"), 2, name);
    }

    /// <summary>The output channel that the weight at a position belongs to.</summary>
    int ChannelOf(int position)
    {
        var dims = weights.Dims;
        if (node.Is("MatMul") || (node.Is("Gemm") && node.GetInteger("transB", 0) == 0))
            return position % Channels;
        var inner = (int)dims.Skip(node.Is("ConvTranspose") ? 2 : 1).Aggregate(1L, (product, size) => product * size);
        if (!node.Is("ConvTranspose"))
            return position / inner;
        // Weights are [input channel, output channel within the group, ...].
        var perGroup = (int)dims[1];
        var input = position / inner / perGroup;
        var inputsPerGroup = (int)(dims[0] / node.GetInteger("group", 1));
        return (input / inputsPerGroup * perGroup) + (position / inner % perGroup);
    }

    static LinearNode? OfConvolution(GraphIndex index, NodeProto node)
    {
        if (FloatConstant(index, node.InputAt(1)) is not { Dims.Count: >= 3 } weights)
            return null;
        var (group, transposed) = (node.GetInteger("group", 1), node.Is("ConvTranspose"));
        if (group < 1 || weights.Dims[0] % group != 0)
            return null;
        var channels = (int)(transposed ? weights.Dims[1] * group : weights.Dims[0]);
        return Bias(index, node.InputAt(2), channels, rank: 1) is { } bias ? new(index, node, null, weights, bias) { Channels = channels, Rank = weights.Dims.Count, Axis = 1 } : null;
    }

    static LinearNode? OfGemm(GraphIndex index, NodeProto node)
    {
        if (FloatConstant(index, node.InputAt(1)) is not { Dims.Count: 2 } weights)
            return null;
        var channels = (int)weights.Dims[node.GetInteger("transB", 0) == 0 ? 1 : 0];
        if (Bias(index, node.InputAt(2), channels, rank: 2) is not { } bias)
            return null;
        var beta = node.GetNumber("beta", 1);
        return new(index, node, null, weights, Array.ConvertAll(bias, value => beta * value)) { Channels = channels, Rank = 2, Axis = 1 };
    }

    static LinearNode? OfMatMul(GraphIndex index, NodeProto product, NodeProto? add)
    {
        if (FloatConstant(index, product.InputAt(1)) is not { Dims.Count: 2 } weights || index.ShapeOf(product.InputAt(0)) is not { Length: >= 2 } shape)
            return null;
        var channels = (int)weights.Dims[1];
        var constant = add is null ? null : ChannelAffine.OfArithmetic(index, add, channels, shape.Length, shape.Length - 1);
        if (add is not null && constant?.Input != product.Output[0])
            return null;
        return new(index, product, add, weights, constant is null ? new float[channels] : Array.ConvertAll(constant.Shift, value => (float)value)) { Channels = channels, Rank = shape.Length, Axis = shape.Length - 1 };
    }

    static TensorProto? FloatConstant(GraphIndex index, string value) => index.Constant(value) is { DataType: (int)ElementType.Float } tensor && TensorData.Count(tensor) > 0 ? tensor : null;

    /// <summary>The bias of each channel: zero when left out, null when it is not constant or differs within a channel.</summary>
    static float[]? Bias(GraphIndex index, string value, int channels, int rank)
    {
        if (value.Length == 0)
            return new float[channels];
        if (FloatConstant(index, value) is not { } tensor || tensor.Dims.Count > rank)
            return null;
        var values = TensorData.Read<float>(tensor);
        return values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)]
            : values.Length == channels && tensor.Dims[^1] == channels ? values
            : null;
    }
}
