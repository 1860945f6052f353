// Which channels the weights of a node connect. Unaware of values.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Weights of the shape [channels of one side, channels of a group of the other side, taps...], row-major.</summary>
/// <param name="Rows">Channels of the first axis.</param>
/// <param name="Columns">Channels of a group of the second axis.</param>
/// <param name="Taps">Weights for each pair of channels.</param>
/// <param name="Groups">Into how many groups both sides fall.</param>
/// <param name="OutputsFirst">Whether the first axis is that of the output.</param>
/// <param name="Strides">How many outputs share the taps of one pair of channels; 1 but for a transposed convolution.</param>
readonly record struct WeightLayout(int Rows, int Columns, int Taps, int Groups, bool OutputsFirst, int Strides = 1)
{
    /// <summary>Channels of the output.</summary>
    public int Outputs => OutputsFirst ? Rows : Columns * Groups;

    /// <summary>Channels of the input.</summary>
    public int Inputs => OutputsFirst ? Columns * Groups : Rows;

    /// <summary>The channel of the output that a weight is for.</summary>
    public int Output(int at) => OutputsFirst ? Row(at) : Column(at);

    /// <summary>The channel of the input that a weight is for.</summary>
    public int Input(int at) => OutputsFirst ? Column(at) : Row(at);

    /// <summary>[outputs, inputs of a group, ...]</summary>
    public static WeightLayout OfConvolution(NodeProto node, IReadOnlyList<long> shape) =>
        new((int)shape[0], (int)shape[1], TapsOf(shape), (int)node.GetInteger("group", 1), OutputsFirst: true);

    /// <summary>[inputs, outputs of a group, ...]</summary>
    public static WeightLayout OfTransposedConvolution(NodeProto node, IReadOnlyList<long> shape) =>
        new((int)shape[0], (int)shape[1], TapsOf(shape), (int)node.GetInteger("group", 1), OutputsFirst: false, (int)(node.GetIntegers("strides") ?? []).Aggregate(1L, (product, stride) => product * stride));

    /// <summary>[inputs, outputs], or turned.</summary>
    public static WeightLayout OfProduct(NodeProto node, IReadOnlyList<long> shape) =>
        new((int)shape[0], (int)shape[1], 1, 1, OutputsFirst: node.GetInteger("transB", 0) != 0);

    int Row(int at) => at / (Columns * Taps);

    int Column(int at) => (Row(at) / (Rows / Groups) * Columns) + (at / Taps % Columns);

    static int TapsOf(IReadOnlyList<long> shape) => (int)shape.Skip(2).Aggregate(1L, (product, size) => product * size);
}
