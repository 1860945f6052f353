// Replaces what does not depend on any input by its value. Unaware of what operators compute.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Makes initializers of <c>Constant</c> nodes, of <c>Shape</c> of values with a stated fixed shape, and of all that depends on constants only. So that the model does not swell, a value stays computed when it
/// is larger than <see cref="AlwaysBytes"/> and than all constants it is made from. Assumes that stated shapes are true (<see cref="InferShapes"/>); keeps quantized weights quantized and outputs of the graph computed.
/// </summary>
public sealed class FoldConstants : IModelPass
{
    /// <summary>Values of this size are folded whatever they are made from.</summary>
    public const long AlwaysBytes = 64 << 10;

    /// <summary>Values of this size are not even computed.</summary>
    const double NeverBytes = 256 << 20;

    /// <summary>A value that turns out too large makes its inputs candidates; no real model needs many rounds.</summary>
    const int MostRounds = 8;

    /// <inheritdoc/>
    public string Name => "fold-constants";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.Nodes)
            if (Plain(index, node) is { } tensor && !index.IsOutput(tensor.Name))
                Replace(index, node, tensor);
        var refused = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        for (var round = 0; round < MostRounds; round++)
        {
            var region = new ConstantRegion(model, index, node => refused.Contains(node) || node.Output.Any(index.IsOutput) || node.Output.Any(output => MightBeHuge(index, output)));
            var frontier = region.Nodes.SelectMany(node => node.Output).Where(value => index.Consumers(value).Any(consumer => !region.Nodes.Contains(consumer))).ToList();
            if (frontier.Count == 0)
                break;
            var (sources, results) = (Sources(index, region), region.Evaluate(frontier));
            foreach (var producer in frontier.Select(value => index.Producer(value)!).Distinct<NodeProto>(ReferenceEqualityComparer.Instance).ToList())
            {
                var used = producer.Output.Where(frontier.Contains).ToList();
                if (used.TrueForAll(value => results.TryGetValue(value, out var tensor) && (tensor.RawData.Length <= AlwaysBytes || tensor.RawData.Length <= sources[producer])))
                    Replace(index, producer, [.. used.Select(value => results[value])]);
                else
                    refused.Add(producer);
            }
        }
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }

    /// <summary>The value of a node that needs no computing.</summary>
    static TensorProto? Plain(GraphIndex index, NodeProto node)
    {
        if (node.Output.Count == 0)
            return null;
        if (node.Is("Constant") && node.GetTensor("value") is { } value)
            return new(value) { Name = node.Output[0] };
        if (!node.Is("Shape", "Size") || !index.TryStaticShape(node.InputAt(0), out var shape))
            return null;
        if (node.Is("Size"))
            return TensorData.Make<long>(node.Output[0], [shape.Aggregate(1L, (product, size) => product * size)]);
        var start = Clamp(node.GetInteger("start", 0), shape.Length);
        var end = Clamp(node.GetInteger("end", shape.Length), shape.Length);
        return TensorData.Make<long>(node.Output[0], shape.AsSpan(start, Math.Max(end - start, 0)), Math.Max(end - start, 0));
    }

    static int Clamp(long position, int rank) => (int)Math.Clamp(position < 0 ? position + rank : position, 0, rank);

    static bool MightBeHuge(GraphIndex index, string value) =>
        index.TryStaticShape(value, out var shape) && shape.Aggregate(1.0, (product, size) => product * size) * (TensorData.Size(index.TypeOf(value) ?? ElementType.Float) ?? 4) > NeverBytes;

    /// <summary>For each constant node the bytes of all constants that it is made from; shared ones count as often as they are read.</summary>
    static Dictionary<NodeProto, double> Sources(GraphIndex index, ConstantRegion region)
    {
        var bytes = new Dictionary<NodeProto, double>(ReferenceEqualityComparer.Instance);
        foreach (var node in index.TopologicalOrder().Where(region.Nodes.Contains))
            bytes[node] = node.Input.Sum(input => index.Producer(input) is { } producer ? bytes[producer] : index.Constant(input)?.CalculateSize() ?? 0);
        return bytes;
    }

    static void Replace(GraphIndex index, NodeProto node, params IReadOnlyList<TensorProto> tensors)
    {
        index.Remove(node);
        foreach (var tensor in tensors)
            index.Add(tensor);
    }
}
