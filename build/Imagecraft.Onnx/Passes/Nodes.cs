// Walks nodes and drops those that no output depends on. Unaware of what nodes compute.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

static class Nodes
{
    /// <summary>Removes them from the main graph; subgraphs only count as users.</summary>
    public static void RemoveDead(GraphProto graph)
    {
        var used = graph.Output.Select(output => output.Name).ToHashSet();
        var kept = new List<NodeProto>();
        // Nodes are in topological order, so one walk from the end finds all users before their producers.
        foreach (var node in graph.Node.Reverse())
        {
            if (!node.Output.Any(used.Contains))
                continue;
            kept.Add(node);
            AddUsed(node, used);
        }
        kept.Reverse();
        graph.Node.Clear();
        graph.Node.AddRange(kept);
        var initializers = graph.Initializer.Where(tensor => used.Contains(tensor.Name)).ToList();
        graph.Initializer.Clear();
        graph.Initializer.AddRange(initializers);
        var produced = kept.SelectMany(node => node.Output).ToHashSet();
        var known = graph.ValueInfo.Where(value => produced.Contains(value.Name)).ToList();
        graph.ValueInfo.Clear();
        graph.ValueInfo.AddRange(known);
    }

    /// <summary>The nodes of a graph and of all graphs within them.</summary>
    public static IEnumerable<NodeProto> All(GraphProto graph) => graph.Node.SelectMany(node => Subgraphs(node).SelectMany(All).Prepend(node));

    static IEnumerable<GraphProto> Subgraphs(NodeProto node) =>
        node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G).Concat(node.Attribute.SelectMany(attribute => attribute.Graphs));

    static void AddUsed(NodeProto node, HashSet<string> used)
    {
        used.UnionWith(node.Input);
        foreach (var graph in Subgraphs(node))
        {
            used.UnionWith(graph.Output.Select(output => output.Name));
            foreach (var inner in graph.Node)
                AddUsed(inner, used);
        }
    }
}
