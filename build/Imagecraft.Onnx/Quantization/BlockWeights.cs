// Stores weights of matrix products and tables with four or eight bits. Unaware of activations: all computation stays in float.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Replaces matrix products with constant weights by MatMulNBits, which reads weights in blocks with a scale each, and tables that rows are gathered from by tables of eight bits with a scale for each row. Needs no data; for
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
    public static ModelProto Apply(ModelProto model, QuantizationOptions options, string file)
    {
        QuantizationPlanner.CheckExclusions(model.Graph, options.Exclude, file);
        model = new PlainProducts(options.Exclude, joins: true).Apply(model.Clone(), file);
        var index = new GraphIndex(model.Graph, file);
        var replaced = 0;
        foreach (var node in index.Nodes.Where(node => !options.Exclude.Contains(node.OpType) && !options.Exclude.Contains(QuantizationPlanner.NameOf(node))))
            replaced += (node.Is("MatMul", "Gemm") && ReplaceProduct(index, node, options)) || (node.Is("Gather") && ReplaceTable(index, node)) ? 1 : 0;
        if (replaced == 0)
            throw FloatNode.Nothing(file, "stored in blocks", FloatNode.OfWeights(index, options.Exclude), ["Gemm", "MatMul", "Gather"]);
        index.Finish();
        new RemoveDeadNodes().Apply(model, file);
        if (model.OpsetImport.All(opset => opset.Domain != Domain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return model;
    }

    static bool ReplaceProduct(GraphIndex index, NodeProto node, QuantizationOptions options)
    {
        if (Matrix(index, node.InputAt(1)) is not { } weights || index.Constant(node.Input[0]) is not null)
            return false;
        var values = WeightWriter.Finite(weights, node, index.File);
        var (rows, columns) = ((int)weights.Dims[0], (int)weights.Dims[1]);
        if (node.GetInteger("transB", 0) == 1)
            (values, rows, columns) = (Transposed(values, rows, columns), columns, rows);
        var blocked = BlockQuantizer.Quantize(values, rows, columns, options.WeightBits, options.BlockSize);
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

    /// <summary>Rows of integers are gathered as rows of floats would be, and so are their scales.</summary>
    static bool ReplaceTable(GraphIndex index, NodeProto node)
    {
        if (node.GetInteger("axis", 0) != 0 || Matrix(index, node.Input[0]) is not { } table || index.Constant(node.Input[1]) is not null)
            return false;
        var quantized = WeightQuantizer.Quantize(WeightWriter.Finite(table, node, index.File), [.. table.Dims], 0, QuantizedType.Int8, reduceRange: false);
        var name = QuantizationPlanner.NameOf(node);
        var integers = Apply("Gather", Bytes(index, table.Name + ".q", ElementType.Int8, quantized.Integers, [.. table.Dims]), node.Input[1]);
        var scales = Apply("Gather", index.Add(TensorData.Make<float>(index.FreshName(table.Name + ".s"), quantized.Scales.AsSpan(), table.Dims[0], 1)), node.Input[1]);
        var floats = index.Add(new NodeProto { OpType = "Cast", Input = { integers }, Output = { index.FreshName(name + ".f") } }.With("to", (long)ElementType.Float)).Output[0];
        index.Remove(node);
        index.Add(new NodeProto { OpType = "Mul", Name = node.Name, Input = { floats, scales }, Output = { node.Output[0] } });
        return true;

        string Apply(string kind, string left, string right) => index.Add(new NodeProto { OpType = kind, Input = { left, right }, Output = { index.FreshName($"{name}.{kind.ToLowerInvariant()}") } }).Output[0];
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
