// Writes matrix products in the one form that integer kernels take. Unaware of integers.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Passes.Affine;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Of a <c>Gemm</c> with constant weights, <c>alpha</c> goes into the weights, <c>beta</c> into the bias, and a turned input is turned before it. The bias has one value for each channel then; one that differs from row to row, or is
/// computed, is added behind. A <c>MatMul</c> of matrices takes up the bias that is added behind it.
/// </summary>
/// <param name="keep">Names and kinds of nodes that stay.</param>
/// <param name="joins">Whether a <c>MatMul</c> with a bias may become a <c>Gemm</c>.</param>
sealed class PlainProducts(ImmutableSortedSet<string> keep, bool joins) : IModelPass
{
    /// <inheritdoc/>
    public string Name => "plain-products";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder().Where(node => !Keeps(node) && Weights(index, node) is not null))
            if (node.Is("Gemm"))
                Straighten(index, node);
            else if (joins && node.Is("MatMul"))
                TakeBias(index, node);
        index.Finish();
        return model;
    }

    bool Keeps(NodeProto node) => keep.Contains(node.OpType) || keep.Contains(QuantizationPlanner.NameOf(node));

    static TensorProto? Weights(GraphIndex index, NodeProto node) =>
        index.Constant(node.InputAt(1)) is { DataType: (int)ElementType.Float, Dims.Count: 2 } weights && index.Constant(node.Input[0]) is null ? weights : null;

    static void Straighten(GraphIndex index, NodeProto gemm)
    {
        var weights = Weights(index, gemm)!;
        if (gemm.GetInteger("transA", 0) != 0)
            index.SetInput(gemm, 0, Apply(index, gemm, "Transpose", gemm.Input[0]).With("perm", 1L, 0L).Output[0]);
        if (gemm.GetNumber("alpha", 1) is var alpha && alpha != 1)
            index.SetInput(gemm, 1, Scaled(index, weights, alpha));
        if (gemm.InputAt(2).Length > 0)
            StraightenBias(index, gemm, (int)weights.Dims[gemm.GetInteger("transB", 0) == 0 ? 1 : 0], gemm.GetNumber("beta", 1));
        gemm.Without("transA").Without("alpha").Without("beta");
    }

    static void StraightenBias(GraphIndex index, NodeProto gemm, int channels, float beta)
    {
        var (name, bias) = (gemm.Input[2], index.Constant(gemm.Input[2]));
        if (beta != 0 && ChannelAffine.Operand(bias, channels, rank: 2, axis: 1) is { } values)
        {
            if (beta != 1 || bias!.Dims.Count != 1 || bias.Dims[0] != channels)
                index.SetInput(gemm, 2, index.Add(TensorData.Make<float>(index.FreshName(name), Array.ConvertAll(values, value => (float)(value * beta)), channels)));
            return;
        }
        index.Remove(gemm);
        gemm.Input.RemoveAt(2);
        if (beta == 0)
        {
            index.Add(gemm);
            return;
        }
        var sum = gemm.Output[0];
        (gemm.Name, gemm.Output[0]) = (QuantizationPlanner.NameOf(gemm), index.FreshName($"{sum}.product"));
        index.Add(gemm);
        var summand = beta == 1 ? name : bias is { DataType: (int)ElementType.Float } ? Scaled(index, bias, beta) : Apply(index, gemm, "Mul", name, index.Add(TensorData.Make<float>(index.FreshName("number"), [beta]))).Output[0];
        index.Add(new NodeProto { OpType = "Add", Name = index.FreshName($"{gemm.Name}.Add"), Input = { gemm.Output[0], summand }, Output = { sum } });
    }

    void TakeBias(GraphIndex index, NodeProto product)
    {
        var (weights, result) = (Weights(index, product)!, product.Output[0]);
        if (index.ShapeOf(product.Input[0]) is not { Length: 2 } || index.OnlyConsumer(result) is not { } sum || !sum.Is("Add") || Keeps(sum))
            return;
        if (ChannelAffine.OfArithmetic(index, sum, (int)weights.Dims[1], rank: 2, axis: 1) is not { } affine || affine.Input != result)
            return;
        var bias = index.Add(TensorData.Make<float>(index.FreshName($"{result}.bias"), Array.ConvertAll(affine.Shift, value => (float)value), affine.Shift.Length));
        index.Remove(product);
        index.Remove(sum);
        index.Add(new NodeProto { OpType = "Gemm", Name = QuantizationPlanner.NameOf(product), Input = { product.Input[0], product.Input[1], bias }, Output = { sum.Output[0] } });
    }

    /// <summary>Adds a node beside the product, named after both.</summary>
    static NodeProto Apply(GraphIndex index, NodeProto gemm, string kind, params ReadOnlySpan<string> inputs)
    {
        var name = $"{QuantizationPlanner.NameOf(gemm)}.{kind}";
        return index.Add(new NodeProto { OpType = kind, Name = index.FreshName(name), Input = { inputs.ToArray() }, Output = { index.FreshName($"{name}.output") } });
    }

    static string Scaled(GraphIndex index, TensorProto tensor, float factor) =>
        index.Add(TensorData.Make<float>(index.FreshName(tensor.Name), Array.ConvertAll(TensorData.ReadFloats(tensor), value => value * factor), [.. tensor.Dims]));
}
