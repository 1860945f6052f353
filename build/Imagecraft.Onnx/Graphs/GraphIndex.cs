// Who makes and who reads each value of a graph, kept right while the graph is changed. Unaware of what operators compute.

using System.Diagnostics.CodeAnalysis;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Graphs;

/// <summary>
/// An index over one graph, through which it is changed: nodes are added and removed in any order, and <see cref="Finish"/> puts the graph in topological order.
/// A node that uses a value in a graph within it counts as its consumer. Every change takes time in proportion to the nodes it touches.
/// </summary>
public sealed class GraphIndex
{
    readonly List<NodeProto?> nodes = [];
    readonly Dictionary<NodeProto, int> places = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, NodeProto> producers = [];
    readonly Dictionary<string, List<NodeProto>> consumers = [];
    readonly Dictionary<string, TensorProto> initializers = [];
    readonly Dictionary<string, ValueInfoProto> values = [];
    readonly HashSet<string> inputs = [];
    readonly HashSet<string> outputs = [];
    readonly HashSet<string> names = [];
    readonly Dictionary<string, int> suffixes = [];

    /// <summary>Reads a graph; <paramref name="file"/> is for messages. A value with two producers is an <see cref="OnnxException"/>.</summary>
    public GraphIndex(GraphProto graph, string file)
    {
        (Graph, File) = (graph, file);
        foreach (var value in graph.ValueInfo.Concat(graph.Input).Concat(graph.Output))
            values[value.Name] = value;
        foreach (var tensor in graph.Initializer)
            initializers[tensor.Name] = tensor;
        inputs.UnionWith(graph.Input.Select(input => input.Name));
        outputs.UnionWith(graph.Output.Select(output => output.Name));
        names.UnionWith(values.Keys);
        names.UnionWith(initializers.Keys);
        foreach (var node in graph.Node)
            Add(node);
    }

    /// <summary>What is indexed. Nodes and initializers are out of date until <see cref="Finish"/>.</summary>
    public GraphProto Graph { get; }

    /// <summary>The model's name in messages.</summary>
    public string File { get; }

    /// <summary>The nodes as they are now, in the order of the file, added ones last.</summary>
    public IReadOnlyList<NodeProto> Nodes => [.. nodes.OfType<NodeProto>()];

    /// <summary>Whether the node is still part of the graph.</summary>
    public bool Contains(NodeProto node) => places.ContainsKey(node);

    /// <summary>The node that makes a value; null for inputs and initializers.</summary>
    public NodeProto? Producer(string value) => producers.GetValueOrDefault(value);

    /// <summary>The nodes that read a value, each once.</summary>
    public IReadOnlyList<NodeProto> Consumers(string value) => consumers.GetValueOrDefault(value) ?? [];

    /// <summary>The only use of a value: one node, and the value is no output of the graph.</summary>
    public NodeProto? OnlyConsumer(string value) => !outputs.Contains(value) && Consumers(value) is [var only] ? only : null;

    /// <summary>Whether the graph has a value of this name.</summary>
    public bool Defines(string value) => producers.ContainsKey(value) || IsGiven(value);

    /// <summary>Whether a value is an input or an initializer.</summary>
    public bool IsGiven(string value) => initializers.ContainsKey(value) || inputs.Contains(value);

    /// <summary>Whether the graph gives the value to its caller.</summary>
    public bool IsOutput(string value) => outputs.Contains(value);

    /// <summary>The constant that an initializer or a <c>Constant</c> node with a tensor gives; null for all else.</summary>
    public TensorProto? Constant(string value) =>
        initializers.GetValueOrDefault(value) ?? (Producer(value) is { } producer && producer.Is("Constant") ? producer.GetTensor("value") : null);

    /// <summary>The element type of a value, as far as the file states it.</summary>
    public ElementType? TypeOf(string value) =>
        Constant(value) is { } tensor ? (ElementType)tensor.DataType
        : values.GetValueOrDefault(value)?.Type?.TensorType is { HasElemType: true } type ? (ElementType)type.ElemType
        : null;

    /// <summary>The shape of a value, free dimensions as -1; null when the file does not state it.</summary>
    public long[]? ShapeOf(string value) =>
        Constant(value) is { } tensor ? [.. tensor.Dims]
        : values.GetValueOrDefault(value)?.Type?.TensorType?.Shape is { } shape ? [.. shape.Dim.Select(dimension => dimension.HasDimValue && dimension.DimValue >= 0 ? dimension.DimValue : -1)]
        : null;

    /// <summary>The shape of a value, if it is known and without free dimensions.</summary>
    public bool TryStaticShape(string value, [NotNullWhen(true)] out long[]? shape)
    {
        shape = ShapeOf(value);
        return shape is not null && !shape.Contains(-1);
    }

    /// <summary>A name that no value and no node has yet: the stem itself, or with a number behind it.</summary>
    public string FreshName(string stem)
    {
        var name = stem;
        while (!names.Add(name))
            name = $"{stem}_{suffixes[stem] = suffixes.GetValueOrDefault(stem, 1) + 1}";
        return name;
    }

    /// <summary>Adds a node; where does not matter.</summary>
    public NodeProto Add(NodeProto node)
    {
        places.Add(node, nodes.Count);
        nodes.Add(node);
        names.Add(node.Name);
        foreach (var output in node.Output)
        {
            if (output.Length > 0 && !producers.TryAdd(output, node))
                throw new OnnxException($"The value `{output}` of `{File}` is made by two nodes, {producers[output].Display()} and {node.Display()}");
            names.Add(output);
        }
        foreach (var value in NodeScopes.Reads(node))
            AddConsumer(value, node);
        foreach (var inner in node.Subgraphs())
            AddNames(inner);
        return node;
    }

    /// <summary>Adds a constant and returns its name.</summary>
    public string Add(TensorProto tensor)
    {
        if (!initializers.TryAdd(tensor.Name, tensor))
            throw new ArgumentException($"There is an initializer `{tensor.Name}` already");
        names.Add(tensor.Name);
        return tensor.Name;
    }

    /// <summary>Removes a node; its outputs must have no use any more, or get a new producer.</summary>
    public void Remove(NodeProto node)
    {
        if (!places.Remove(node, out var place))
            throw new ArgumentException($"The node {node.Display()} is not part of the graph");
        nodes[place] = null;
        foreach (var output in node.Output)
            producers.Remove(output);
        foreach (var value in NodeScopes.Reads(node))
            RemoveConsumer(value, node);
    }

    /// <summary>Lets the node read another value at one input.</summary>
    public void SetInput(NodeProto node, int index, string value)
    {
        var before = NodeScopes.Reads(node);
        while (node.Input.Count <= index)
            node.Input.Add("");
        node.Input[index] = value;
        Update(node, before);
    }

    /// <summary>Lets every consumer of <paramref name="value"/> but <paramref name="except"/> read <paramref name="by"/>. What the graph gives to its caller is not changed.</summary>
    public void ReplaceUses(string value, string by, NodeProto? except = null)
    {
        foreach (var node in Consumers(value).ToArray())
        {
            if (ReferenceEquals(node, except))
                continue;
            var before = NodeScopes.Reads(node);
            NodeScopes.Rename(node, value, by);
            Update(node, before);
        }
    }

    /// <summary>
    /// Removes a node that only passes on <paramref name="by"/>, one of its inputs. Where its output is one of the graph's, the producer of <paramref name="by"/> takes over that name.
    /// False, and nothing changed, when this is impossible: an output of the graph would be an input, a constant or twice the same value.
    /// </summary>
    public bool TryBypass(NodeProto node, string by)
    {
        if (node.Output.Count == 0 || node.Output.Skip(1).Any(output => outputs.Contains(output) || Consumers(output).Count > 0))
            return false;
        var output = node.Output[0];
        if (!outputs.Contains(output))
        {
            ReplaceUses(output, by);
            Remove(node);
            return true;
        }
        if (outputs.Contains(by) || Producer(by) is not { } producer)
            return false;
        Remove(node);
        ReplaceUses(by, output);
        producers.Remove(by);
        producers[output] = producer;
        for (var i = 0; i < producer.Output.Count; i++)
            if (producer.Output[i] == by)
                producer.Output[i] = output;
        return true;
    }

    /// <summary>States type and shape of a value that was made or changed; free dimensions are -1, an unknown shape is null.</summary>
    public void Describe(string value, ElementType type, IReadOnlyList<long>? shape)
    {
        var dimensions = shape is null ? null : new TensorShapeProto { Dim = { shape.Select(size => size >= 0 ? new TensorShapeProto.Types.Dimension { DimValue = size } : new()) } };
        if (!values.TryGetValue(value, out var info))
            Graph.ValueInfo.Add(values[value] = info = new() { Name = value });
        info.Type = new() { TensorType = new() { ElemType = (int)type, Shape = dimensions } };
    }

    /// <summary>
    /// Writes nodes, initializers and known shapes back: nodes in topological order, otherwise in that of the file; no constants and no shapes that nothing uses.
    /// A cycle is an <see cref="OnnxException"/> that names a node of it.
    /// </summary>
    public void Finish()
    {
        var sorted = TopologicalOrder();
        Graph.Node.Clear();
        Graph.Node.AddRange(sorted);
        var kept = initializers.Values.Where(tensor => Consumers(tensor.Name).Count > 0 || outputs.Contains(tensor.Name)).ToList();
        Graph.Initializer.Clear();
        Graph.Initializer.AddRange(kept);
        var known = Graph.ValueInfo.Where(value => producers.ContainsKey(value.Name)).ToList();
        Graph.ValueInfo.Clear();
        Graph.ValueInfo.AddRange(known);
    }

    /// <summary>The nodes, each behind those it reads from. A cycle is an <see cref="OnnxException"/>.</summary>
    public IReadOnlyList<NodeProto> TopologicalOrder() => Graphs.TopologicalOrder.Of(Nodes, Producer, File);

    void Update(NodeProto node, IReadOnlyList<string> before)
    {
        var after = NodeScopes.Reads(node);
        foreach (var value in before.Except(after))
            RemoveConsumer(value, node);
        foreach (var value in after.Except(before))
            AddConsumer(value, node);
    }

    void AddConsumer(string value, NodeProto node)
    {
        if (!consumers.TryGetValue(value, out var list))
            consumers.Add(value, list = []);
        list.Add(node);
    }

    // Messages compare by content, so the node itself must be looked for.
    void RemoveConsumer(string value, NodeProto node) => consumers[value].RemoveAt(consumers[value].FindIndex(other => ReferenceEquals(other, node)));

    void AddNames(GraphProto graph)
    {
        names.UnionWith(graph.Input.Select(input => input.Name));
        names.UnionWith(graph.Initializer.Select(tensor => tensor.Name));
        foreach (var node in graph.Node)
        {
            names.Add(node.Name);
            names.UnionWith(node.Output);
            foreach (var inner in node.Subgraphs())
                AddNames(inner);
        }
    }
}
