// Dynamic INT8 quantization: weights become integers, activations at run time. Needs no data. Unaware of accuracy.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Replaces matrix products with constant weights by DynamicQuantizeMatMul and LSTM by DynamicQuantizeLSTM, the fused operators that ONNX Runtime's CPU provider runs fastest; and tables by <see cref="RowTables"/>.
/// Convolutions stay float: their integer form at run time, ConvInteger, has no fused kernel and is slower than float. GRU has none either.
/// </summary>
/// <remarks>Source of the operators: ONNX Runtime's contributed operators, domain com.microsoft, version 1.</remarks>
public static class DynamicQuantizer
{
    const string Domain = "com.microsoft";

    /// <summary>The kinds that are replaced.</summary>
    public static ImmutableSortedSet<string> Kinds { get; } = ["Gemm", "LSTM", "MatMul"];

    /// <summary>Gives a quantized copy.</summary>
    /// <param name="model">A float network, or one whose other parts are quantized already.</param>
    /// <param name="exclude">Names and kinds of nodes that stay as they are.</param>
    /// <param name="perChannel">A scale for each output channel, or one for a whole matrix.</param>
    /// <param name="reduceRange">Seven bits for weights, as <see cref="QuantizationOptions.ReduceRange"/>.</param>
    /// <param name="file">Names the model in messages.</param>
    public static ModelProto Quantize(ModelProto model, ImmutableSortedSet<string> exclude, bool perChannel, bool reduceRange, string file)
    {
        QuantizationPlanner.CheckExclusions(model.Graph, exclude, file);
        model = new PlainProducts(exclude, joins: true).Apply(model.Clone(), file);
        var index = new GraphIndex(model.Graph, file);
        var replaced = 0;
        foreach (var node in index.Nodes.Where(node => !exclude.Contains(node.OpType) && !exclude.Contains(QuantizationPlanner.NameOf(node))))
            replaced += Replace(index, node, perChannel, reduceRange) ? 1 : 0;
        if (replaced == 0)
            throw FloatNode.Nothing(file, "quantized dynamically", FloatNode.OfDynamic(index, exclude), Kinds);
        index.Finish();
        new RemoveDeadNodes().Apply(model, file);
        if (model.OpsetImport.All(opset => opset.Domain != Domain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return model;
    }

    static bool Replace(GraphIndex index, NodeProto node, bool perChannel, bool reduceRange) =>
        node.Is("LSTM") ? ReplaceRecurrent(index, node, perChannel, reduceRange)
        : node.Is("MatMul", "Gemm") ? ReplaceProduct(index, node, perChannel, reduceRange)
        : RowTables.Replace(index, node);

    static bool ReplaceProduct(GraphIndex index, NodeProto node, bool perChannel, bool reduceRange)
    {
        if (Matrix(index, node.Input[1], 2) is not { } weights || index.Constant(node.Input[0]) is not null)
            return false;
        var values = WeightWriter.Finite(weights, node, index.File);
        var (rows, columns) = ((int)weights.Dims[0], (int)weights.Dims[1]);
        if (node.GetInteger("transB", 0) == 1)
            (values, rows, columns) = (Transposed(values, rows, columns), columns, rows);
        var quantized = WeightQuantizer.Quantize(values, [rows, columns], perChannel ? 1 : null, QuantizedType.Int8, reduceRange);
        var product = new NodeProto { OpType = "DynamicQuantizeMatMul", Domain = Domain, Name = node.Name, Output = { node.Output } };
        product.Input.Add([node.Input[0], .. Constants(index, weights.Name, quantized, [rows, columns], perChannel ? [columns] : [])]);
        if (node.InputAt(2).Length > 0)
            product.Input.Add(node.Input[2]);
        index.Remove(node);
        index.Add(product);
        return true;
    }

    /// <summary>ONNX has the weights as [directions, 4 hidden, input]; the quantized operator wants the last two the other way round.</summary>
    static bool ReplaceRecurrent(GraphIndex index, NodeProto node, bool perChannel, bool reduceRange)
    {
        if (Matrix(index, node.Input[1], 3) is not { } weights || Matrix(index, node.Input[2], 3) is not { } recurrence || node.GetInteger("layout", 0) != 0)
            return false;
        var lstm = node.Clone();
        lstm.OpType = "DynamicQuantizeLSTM";
        lstm.Domain = Domain;
        // Only the layout of ONNX's default is left here, and the operator has no such attribute.
        lstm.Without("layout");
        while (lstm.Input.Count < 8)
            lstm.Input.Add("");
        foreach (var (at, tensor) in new[] { (1, weights), (2, recurrence) })
        {
            var (directions, rows, columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1], (int)tensor.Dims[2]);
            var values = WeightWriter.Finite(tensor, node, index.File);
            var size = rows * columns;
            var parts = Enumerable.Range(0, directions)
                .Select(direction => WeightQuantizer.Quantize(Transposed(values[(direction * size)..((direction + 1) * size)], rows, columns), [columns, rows], perChannel ? 1 : null, QuantizedType.Int8, reduceRange))
                .ToArray();
            var whole = new QuantizedWeights([.. parts.SelectMany(part => part.Integers)], [.. parts.SelectMany(part => part.Scales)], 0);
            var names = Constants(index, tensor.Name, whole, [directions, columns, rows], perChannel ? [directions, rows] : [directions]);
            lstm.Input[at] = names[0];
            lstm.Input.AddRange(names[1..]);
        }
        index.Remove(node);
        index.Add(lstm);
        return true;
    }

    /// <summary>Integers, scales and zero points as initializers.</summary>
    static string[] Constants(GraphIndex index, string stem, QuantizedWeights weights, long[] shape, long[] scalesShape) =>
    [
        index.Add(new TensorProto { Name = index.FreshName(stem + ".q"), DataType = (int)ElementType.Int8, Dims = { shape }, RawData = ByteString.CopyFrom(weights.Integers) }),
        index.Add(TensorData.Make<float>(index.FreshName(stem + ".s"), weights.Scales.AsSpan(), scalesShape)),
        index.Add(TensorData.Make<sbyte>(index.FreshName(stem + ".z"), new sbyte[weights.Scales.Length], scalesShape)),
    ];

    static TensorProto? Matrix(GraphIndex index, string value, int rank) =>
        index.Constant(value) is { DataType: (int)ElementType.Float } tensor && tensor.Dims.Count == rank ? tensor : null;

    static float[] Transposed(float[] values, int rows, int columns)
    {
        var turned = new float[values.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                turned[(column * rows) + row] = values[(row * columns) + column];
        return turned;
    }
}
