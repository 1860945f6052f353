// Stores weights of matrix products and tables with four or eight bits. Unaware of activations: all computation stays in float.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Replaces matrix products with constant weights by MatMulNBits, which reads weights in blocks with a scale each, and tables that rows are gathered from by <see cref="RowTables"/>. Needs no data, but rounds better with some; for
/// networks whose weights are more than the memory or its bandwidth holds.
/// </summary>
/// <remarks>Source of the operator: ONNX Runtime's contributed operators, domain com.microsoft, version 1. Its level of accuracy is left out, so that activations stay float on every CPU.</remarks>
public static class BlockWeights
{
    const string Domain = "com.microsoft";

    /// <summary>Fewer weights than this gain too little by blocks.</summary>
    const long LeastCount = 1024;

    /// <summary>Gives a copy with weights in blocks.</summary>
    /// <param name="model">A float network.</param>
    /// <param name="options">Bits, block and exclusions.</param>
    /// <param name="file">Names the model in messages.</param>
    public static ModelProto Apply(ModelProto model, QuantizationOptions options, string file) => Apply(model, [], ImmutableSortedDictionary<string, string>.Empty, options, file, CancellationToken.None);

    /// <summary>The same with roundings that make up for each other on sample data (<see cref="RoundingFeedback"/>).</summary>
    /// <param name="model">A float network of fixed shapes.</param>
    /// <param name="sequences">Stacks of frames; enumerated several times. None: each weight is rounded to the nearest.</param>
    /// <param name="carry">Input to the output that is fed back into it.</param>
    /// <param name="options">Bits, block and exclusions.</param>
    /// <param name="file">Names the model in messages.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static ModelProto Apply(ModelProto model, IReadOnlyCollection<FloatTensor> sequences, ImmutableSortedDictionary<string, string> carry, QuantizationOptions options, string file, CancellationToken cancellationToken)
    {
        QuantizationPlanner.CheckExclusions(model.Graph, options.Exclude, file);
        model = new PlainProducts(options.Exclude, joins: true).Apply(model.Clone(), file);
        var index = new GraphIndex(model.Graph, file);
        NodeProto[] nodes = [.. index.Nodes.Where(node => !options.Exclude.Contains(node.OpType) && !options.Exclude.Contains(QuantizationPlanner.NameOf(node)))];
        // Measured before anything is replaced.
        var products = nodes.Where(node => IsProduct(index, node)).Select(node => (node.Input[0], Inputs(index, node)));
        var feedback = sequences.Count == 0 ? [] : RoundingFeedback.Measure(new(model.Clone(), carry, file), sequences, products, cancellationToken);
        var replaced = 0;
        foreach (var node in nodes)
            replaced += (IsProduct(index, node) && ReplaceProduct(index, node, options, feedback.GetValueOrDefault(node.Input[0]))) || RowTables.Replace(index, node) ? 1 : 0;
        if (replaced == 0)
            throw FloatNode.Nothing(file, "stored in blocks", FloatNode.OfWeights(index, options.Exclude), ["Gemm", "MatMul", RowTables.Kind]);
        index.Finish();
        new RemoveDeadNodes().Apply(model, file);
        if (model.OpsetImport.All(opset => opset.Domain != Domain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return model;
    }

    static bool IsProduct(GraphIndex index, NodeProto node) => node.Is("MatMul", "Gemm") && Matrix(index, node.InputAt(1)) is not null && index.Constant(node.Input[0]) is null;

    static int Inputs(GraphIndex index, NodeProto node) => (int)index.Constant(node.Input[1])!.Dims[node.GetInteger("transB", 0) == 1 ? 1 : 0];

    static bool ReplaceProduct(GraphIndex index, NodeProto node, QuantizationOptions options, RoundingFeedback? feedback)
    {
        var weights = index.Constant(node.Input[1])!;
        var values = WeightWriter.Finite(weights, node, index.File);
        var (rows, columns) = ((int)weights.Dims[0], (int)weights.Dims[1]);
        if (node.GetInteger("transB", 0) == 1)
            (values, rows, columns) = (Transposed(values, rows, columns), columns, rows);
        var blocked = BlockQuantizer.Quantize(values, rows, columns, options.WeightBits, options.BlockSize, feedback);
        var blocks = blocked.Scales.Length / columns;
        var product = new NodeProto { OpType = "MatMulNBits", Domain = Domain, Name = node.Name, Output = { node.Output } }
            .With("K", (long)rows).With("N", (long)columns).With("bits", (long)options.WeightBits).With("block_size", (long)options.BlockSize);
        product.Input.Add([
            node.Input[0],
            Bytes(index, weights.Name + ".q", ElementType.Uint8, blocked.Integers, columns, blocks, blocked.BlockBytes),
            index.Add(TensorData.Make<float>(index.FreshName(weights.Name + ".s"), blocked.Scales, columns, blocks)),
            blocked.ZeroPoints is { } zeros ? Bytes(index, weights.Name + ".z", ElementType.Uint8, zeros, columns, zeros.Length / columns) : "",
        ]);
        if (node.InputAt(2).Length > 0)
            product.Input.Add(["", node.Input[2]]);
        index.Remove(node);
        index.Add(product);
        return true;
    }

    static TensorProto? Matrix(GraphIndex index, string value) =>
        index.Constant(value) is { DataType: (int)ElementType.Float, Dims.Count: 2 } tensor && TensorData.Count(tensor) >= LeastCount ? tensor : null;

    static string Bytes(GraphIndex index, string stem, ElementType type, byte[] bytes, params ReadOnlySpan<long> shape) =>
        index.Add(new TensorProto { Name = index.FreshName(stem), DataType = (int)type, Dims = { shape.ToArray() }, RawData = ByteString.CopyFrom(bytes) });

    static float[] Transposed(float[] values, int rows, int columns)
    {
        var turned = new float[values.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                turned[(column * rows) + row] = values[(row * columns) + column];
        return turned;
    }
}
