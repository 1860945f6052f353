// Finds the nodes that depend on constants only and computes values of them. Unaware of what is done with the values.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Reference.Kernels;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// The nodes of a graph whose outputs are the same in every run. Not among them are random operators, those with graphs within them, those without reference arithmetic, sequences, and the dequantization
/// of constants, which is how quantized weights are told from others.
/// </summary>
sealed class ConstantRegion
{
    static readonly HashSet<string> Excluded = ["Bernoulli", "Multinomial", "Dropout", "DequantizeLinear", "DynamicQuantizeLinear"];
    static readonly string[] ExcludedBeginnings = ["Random", "Sequence", "Optional", "SplitToSequence", "ConcatFromSequence", "String"];

    readonly ModelProto model;
    readonly GraphIndex index;
    readonly HashSet<NodeProto> nodes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Nodes for which <paramref name="without"/> is true do not count as constant.</summary>
    public ConstantRegion(ModelProto model, GraphIndex index, Func<NodeProto, bool> without)
    {
        (this.model, this.index) = (model, index);
        foreach (var node in index.TopologicalOrder())
            if (IsFoldable(node) && !without(node) && node.Input.All(input => input.Length == 0 || Contains(input)))
                nodes.Add(node);
    }

    /// <summary>Whether a value is the same in every run.</summary>
    public bool Contains(string value) => index.Producer(value) is { } producer ? nodes.Contains(producer) : index.Constant(value) is not null;

    /// <summary>The constant nodes.</summary>
    public IReadOnlyCollection<NodeProto> Nodes => nodes;

    /// <summary>Computes constant values by a model of their ancestors alone; values that are no tensors of numbers are left out.</summary>
    public Dictionary<string, TensorProto> Evaluate(IReadOnlyCollection<string> values)
    {
        var part = new ModelProto { IrVersion = model.IrVersion, Graph = new() { Name = "constants" } };
        part.OpsetImport.AddRange(model.OpsetImport);
        var (computed, given) = (values.Where(value => index.Producer(value) is not null).ToList(), values.Where(value => index.Producer(value) is null));
        var results = given.ToDictionary(value => value, value => index.Constant(value)!);
        if (computed.Count == 0)
            return results;
        var needed = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var constants = new Dictionary<string, TensorProto>();
        var open = new Stack<string>(computed);
        while (open.TryPop(out var value))
        {
            if (index.Producer(value) is not { } producer)
                constants[value] = index.Constant(value)!;
            else if (needed.Add(producer))
                foreach (var input in producer.Input.Where(input => input.Length > 0))
                    open.Push(input);
        }
        part.Graph.Node.AddRange(index.TopologicalOrder().Where(needed.Contains));
        part.Graph.Initializer.AddRange(constants.Values);
        part.Graph.Output.AddRange(computed.Select(value => new ValueInfoProto { Name = value }));
        foreach (var tensor in new ReferenceNetwork(part, index.File).Run(new Dictionary<string, TensorProto>(), default))
            results.Add(tensor.Name, tensor);
        return results;
    }

    static bool IsFoldable(NodeProto node) =>
        node.Domain is "" or "ai.onnx" && KernelTable.Find(node) is not null && (node.Input.Count > 0 || node.OpType == "Constant") && !node.Subgraphs().Any()
        && !Excluded.Contains(node.OpType) && !Array.Exists(ExcludedBeginnings, beginning => node.OpType.StartsWith(beginning, StringComparison.Ordinal));
}
