// States types and shapes of intermediate values. Unaware of what operators compute: ONNX Runtime infers.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// ONNX Runtime opens the model, with all optimization off and every value made an output, and tells types and shapes of its outputs.
/// They replace what the model stated, which is kept only for values that ONNX Runtime says nothing about. Nodes stay as they are. Assumes inputs of fixed shape for fixed results.
/// A value of more than <see cref="MostBytes"/> is an error, so that a hostile size is told before it is computed.
/// </summary>
public sealed class InferShapes(string scratch) : IModelPass
{
    /// <summary>Most bytes of one value.</summary>
    const long MostBytes = 256L << 20;

    /// <summary>No list of sizes has so many bytes.</summary>
    const int HollowBytes = 1 << 16;

    /// <inheritdoc/>
    public string Name => "infer-shapes";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var stated = model.Graph.ValueInfo.ToList();
        model.Graph.ValueInfo.Clear();
        var made = model.Graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0).ToHashSet();
        var index = new GraphIndex(model.Graph, file);
        foreach (var (name, (type, shape)) in Infer(model, made, file))
            if (!index.IsOutput(name) || index.ShapeOf(name) is null || shape?.Contains(-1) == false)
                index.Describe(name, type, shape);
        var described = model.Graph.ValueInfo.Select(value => value.Name).ToHashSet();
        model.Graph.ValueInfo.AddRange(stated.Where(value => made.Contains(value.Name) && !index.IsOutput(value.Name) && described.Add(value.Name)));
        Bound(model.Graph, file);
        return model;
    }

    /// <summary>What ONNX Runtime knows of <paramref name="values"/>, by their names. It is read from what it saves, because its interface for C# has dimensions of 32 bits.</summary>
    List<KeyValuePair<string, (ElementType Type, long[]? Shape)>> Infer(ModelProto model, HashSet<string> values, string file)
    {
        var open = model.Clone();
        var outputs = open.Graph.Output.Select(output => output.Name).ToHashSet();
        open.Graph.Output.AddRange(values.Where(value => !outputs.Contains(value)).Select(value => new ValueInfoProto { Name = value }));
        new GraphIndex(open.Graph, file).Finish();
        if (OnnxFile.IsLarge(open))
            Hollow(open.Graph);
        var (asked, told) = (Path.Combine(scratch, "shapes.onnx"), Path.Combine(scratch, "inferred.ort"));
        OnnxFile.Write(open, asked);
        using (var options = RuntimeSession.Options(GraphOptimizationLevel.ORT_DISABLE_ALL))
        {
            options.OptimizedModelFilePath = told;
            options.AddSessionConfigEntry("session.save_model_format", "ORT");
            RuntimeSession.Open(asked, options, file).Dispose();
        }
        var inferred = OrtShapes.Read(File.ReadAllBytes(told));
        File.Delete(asked);
        File.Delete(told);
        // In the order of the graph, so that the same network gives the same bytes.
        return [.. values.Where(inferred.ContainsKey).Select(value => KeyValuePair.Create(value, inferred[value]))];
    }

    /// <summary>Makes inputs of constants that are too large to decide a shape: beyond protobuf's limit nobody writes them twice a round.</summary>
    static void Hollow(GraphProto graph)
    {
        foreach (var tensor in graph.Initializer.Where(tensor => tensor.RawData.Length >= HollowBytes).ToList())
        {
            graph.Initializer.Remove(tensor);
            if (graph.Input.All(input => input.Name != tensor.Name))
                graph.Input.Add(new ValueInfoProto { Name = tensor.Name, Type = new() { TensorType = new() { ElemType = tensor.DataType, Shape = new() { Dim = { tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } } });
        }
    }

    static void Bound(GraphProto graph, string file)
    {
        var index = new GraphIndex(graph, file);
        foreach (var value in graph.ValueInfo.Concat(graph.Output).Concat(graph.Input))
            if (index.TryStaticShape(value.Name, out var shape) && Bytes(shape, index.TypeOf(value.Name)) is > MostBytes and var bytes)
                throw new OnnxException($"The value `{value.Name}` of `{file}`{(index.Producer(value.Name) is { } node ? $", made by {node.Display()}," : "")} has the shape [{string.Join(", ", shape)}], which needs {bytes >> 20} MiB; at most {MostBytes >> 20} MiB are allowed");
    }

    static long Bytes(long[] shape, ElementType? type)
    {
        var product = shape.Aggregate(1.0, (product, size) => product * size) * (TensorData.Size(type ?? ElementType.Float) ?? 4);
        return product < long.MaxValue ? (long)product : long.MaxValue;
    }
}
