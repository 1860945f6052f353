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

    /// <inheritdoc/>
    public string Name => "infer-shapes";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var stated = model.Graph.ValueInfo.ToList();
        model.Graph.ValueInfo.Clear();
        var made = model.Graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0).ToHashSet();
        var inferred = Open(model, made, [], file).Where(pair => pair.Value.IsTensor).ToDictionary(pair => pair.Key, pair => ((ElementType)pair.Value.ElementDataType, Shape: Array.ConvertAll(pair.Value.Dimensions, size => (long)size)));
        // A value without dimensions is a scalar or of unknown shape: the shape of its shape tells.
        var bare = inferred.Where(pair => pair.Value.Shape.Length == 0).Select(pair => pair.Key).ToList();
        var scalars = bare.Count == 0 ? [] : Open(model, [], bare, file).Where(pair => pair.Value.Dimensions is [0]).Select(pair => pair.Key).ToHashSet();
        var index = new GraphIndex(model.Graph, file);
        foreach (var (name, (type, shape)) in inferred)
            if (!index.IsOutput(name) || index.ShapeOf(name) is null || !shape.Contains(-1))
                index.Describe(name, type, shape.Length > 0 || scalars.Contains(name) ? shape : null);
        var known = model.Graph.ValueInfo.Select(value => value.Name).ToHashSet();
        model.Graph.ValueInfo.AddRange(stated.Where(value => made.Contains(value.Name) && !index.IsOutput(value.Name) && known.Add(value.Name)));
        Bound(model.Graph, file);
        return model;
    }

    /// <summary>What ONNX Runtime knows of <paramref name="values"/>, and of the shapes of <paramref name="shapesOf"/>, by the value's name.</summary>
    Dictionary<string, NodeMetadata> Open(ModelProto model, IReadOnlyCollection<string> values, IReadOnlyCollection<string> shapesOf, string file)
    {
        var open = model.Clone();
        var index = new GraphIndex(open.Graph, file);
        var outputs = values.ToDictionary(value => value);
        foreach (var value in shapesOf)
        {
            var shape = index.FreshName($"{value}_shape");
            index.Add(new NodeProto { OpType = "Shape", Input = { value }, Output = { shape } });
            outputs.Add(value, shape);
        }
        open.Graph.Output.AddRange(outputs.Values.Where(output => !index.IsOutput(output)).Select(output => new ValueInfoProto { Name = output }));
        index.Finish();
        var path = Path.Combine(scratch, "shapes.onnx");
        OnnxFile.Write(open, path);
        using var options = RuntimeSession.Options(GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var session = RuntimeSession.Open(path, options, file);
        File.Delete(path);
        var known = session.OutputMetadata;
        return outputs.Where(pair => known.ContainsKey(pair.Value)).ToDictionary(pair => pair.Key, pair => known[pair.Value]);
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
