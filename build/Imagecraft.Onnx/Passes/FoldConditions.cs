// Replaces conditionals whose condition is already decided by the branch taken. Unaware of why it is decided.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Inlines the taken branch of each <c>If</c> of the main graph whose condition depends on no input, then drops what nothing uses.
/// ONNX Runtime 1.31 does this too, but fails on conditionals within the branch, so it is done before.
/// </summary>
public sealed class FoldConditions(string scratch) : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fold-conditions";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        while (Decided(model) is { } found)
            Inline(model.Graph, found.Node, Evaluate(model, found.Ancestors, found.Node.Input[0], file), file);
        Nodes.RemoveDead(model.Graph);
        return model;
    }

    /// <summary>The first <c>If</c> with a condition that depends on constants only, and the nodes that compute it.</summary>
    static (NodeProto Node, List<NodeProto> Ancestors)? Decided(ModelProto model)
    {
        var producers = new Dictionary<string, NodeProto>();
        foreach (var node in model.Graph.Node)
            foreach (var output in node.Output)
                producers[output] = node;
        var initial = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        foreach (var node in model.Graph.Node.Where(node => node.OpType == "If" && node.Input.Count == 1))
        {
            var ancestors = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
            if (IsConstant(node.Input[0], ancestors))
                return (node, [.. model.Graph.Node.Where(ancestors.Contains)]);
        }
        return null;

        // Nodes with subgraphs or without inputs that are not plain constants (random numbers) are not asked.
        bool IsConstant(string value, HashSet<NodeProto> ancestors)
        {
            if (value.Length == 0 || initial.Contains(value))
                return true;
            if (!producers.TryGetValue(value, out var producer))
                return false;
            if (ancestors.Contains(producer))
                return true;
            if ((producer.Input.Count == 0 && producer.OpType != "Constant") || producer.OpType.StartsWith("Random", StringComparison.Ordinal) || producer.Attribute.Any(attribute => attribute.G is not null))
                return false;
            ancestors.Add(producer);
            return producer.Input.All(input => IsConstant(input, ancestors));
        }
    }

    /// <summary>Lets ONNX Runtime compute the condition from a model of its ancestors alone.</summary>
    bool Evaluate(ModelProto model, List<NodeProto> ancestors, string condition, string file)
    {
        var part = new ModelProto { IrVersion = model.IrVersion, Graph = new() { Name = "condition" } };
        part.OpsetImport.AddRange(model.OpsetImport);
        part.Graph.Node.AddRange(ancestors);
        var needed = ancestors.SelectMany(node => node.Input).Append(condition).ToHashSet();
        part.Graph.Initializer.AddRange(model.Graph.Initializer.Where(tensor => needed.Contains(tensor.Name)));
        part.Graph.Output.Add(new ValueInfoProto { Name = condition, Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Bool } } });
        var path = Path.Combine(scratch, "condition.onnx");
        OnnxFile.Write(part, path);
        using var session = ReferenceSession.Load(path, file);
        var value = session.RunToBool();
        File.Delete(path);
        return value;
    }

    static void Inline(GraphProto graph, NodeProto node, bool condition, string file)
    {
        var name = condition ? "then_branch" : "else_branch";
        var branch = node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G
            ?? throw new OnnxException($"The node `{node.Name}` of `{file}` has no `{name}`");
        if (branch.Output.Count < node.Output.Count)
            throw new OnnxException($"The `{name}` of the node `{node.Name}` of `{file}` has {branch.Output.Count} outputs, {node.Output.Count} are needed");
        var at = graph.Node.IndexOf(node);
        graph.Node.RemoveAt(at);
        foreach (var inner in branch.Node)
            graph.Node.Insert(at++, inner);
        for (var i = 0; i < node.Output.Count; i++)
            if (node.Output[i].Length > 0)
                graph.Node.Insert(at++, new NodeProto { OpType = "Identity", Name = $"{node.Name}_output_{i}", Input = { branch.Output[i].Name }, Output = { node.Output[i] } });
        graph.Initializer.AddRange(branch.Initializer);
        graph.ValueInfo.AddRange(branch.ValueInfo);
    }
}
