// Replaces conditionals whose condition is already decided by the branch taken. Unaware of why it is decided.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Inlines the taken branch of each <c>If</c> of the main graph whose condition depends on no input, then drops what nothing uses.
/// ONNX Runtime 1.31 does this too, but fails on conditionals within the branch, so it is done before. Assumes nothing.
/// </summary>
public sealed class FoldConditions : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fold-conditions";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        if (!model.Graph.Node.Any(node => node.Is("If")))
            return model;
        var index = new GraphIndex(model.Graph, file);
        while (true)
        {
            var region = new ConstantRegion(model, index, _ => false);
            var decided = index.Nodes.Where(node => node.Is("If") && node.Input.Count == 1 && region.Contains(node.Input[0])).ToList();
            if (decided.Count == 0)
                break;
            var conditions = region.Evaluate([.. decided.Select(node => node.Input[0]).Distinct()]);
            var taken = index.Nodes.Select(node => node.Name).ToHashSet();
            foreach (var node in decided)
                Inline(index, taken, node, IsTrue(conditions.GetValueOrDefault(node.Input[0]), node, file), file);
        }
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }

    static bool IsTrue(TensorProto? condition, NodeProto node, string file) => condition is not null && TensorData.Count(condition) == 1
        ? TensorData.Read<bool>(condition)[0]
        : throw new OnnxException($"The condition of the node {node.Display()} of `{file}` is not one boolean");

    static void Inline(GraphIndex index, HashSet<string> taken, NodeProto node, bool condition, string file)
    {
        var name = condition ? "then_branch" : "else_branch";
        var branch = node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G
            ?? throw new OnnxException($"The node {node.Display()} of `{file}` has no `{name}`");
        if (branch.Output.Count < node.Output.Count)
            throw new OnnxException($"The `{name}` of the node {node.Display()} of `{file}` has {branch.Output.Count} outputs, {node.Output.Count} are needed");
        index.Remove(node);
        foreach (var value in NodeScopes.Defined(branch).Where(value => index.Defines(value) || node.Output.Contains(value)))
            Rename(branch, value, index.FreshName(value));
        // What the branch makes takes the name of what the conditional made: a node between them could not pass on a sequence before operator set 14.
        var made = branch.Node.SelectMany(inner => inner.Output).ToHashSet();
        for (var i = 0; i < node.Output.Count; i++)
            if (node.Output[i].Length > 0 && made.Remove(branch.Output[i].Name))
                Rename(branch, branch.Output[i].Name, node.Output[i]);
        foreach (var tensor in branch.Initializer)
            index.Add(tensor);
        foreach (var inner in branch.Node)
        {
            if (inner.Name.Length > 0 && !taken.Add(inner.Name))
                inner.Name = index.FreshName(inner.Name);
            index.Add(inner);
        }
        for (var i = 0; i < node.Output.Count; i++)
        {
            var (before, by) = (node.Output[i], branch.Output[i].Name);
            if (before.Length == 0 || before == by)
                continue;
            if (index.IsOutput(before))
                index.Add(new NodeProto { OpType = "Identity", Name = index.FreshName($"{before}_taken"), Input = { by }, Output = { before } });
            else
                index.ReplaceUses(before, by);
        }
        index.Graph.ValueInfo.AddRange(branch.ValueInfo);
    }

    /// <summary>Renames a value that the branch makes or has: branches of different conditionals may use one name.</summary>
    static void Rename(GraphProto branch, string value, string by)
    {
        foreach (var node in branch.Node)
        {
            NodeScopes.Rename(node, value, by);
            for (var i = 0; i < node.Output.Count; i++)
                if (node.Output[i] == value)
                    node.Output[i] = by;
        }
        foreach (var tensor in branch.Initializer.Where(tensor => tensor.Name == value))
            tensor.Name = by;
        foreach (var info in branch.ValueInfo.Concat(branch.Output).Where(info => info.Name == value))
            info.Name = by;
    }
}
