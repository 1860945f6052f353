// What nodes read and graphs define, with the graphs within nodes. Unaware of what operators compute.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Graphs;

/// <summary>Names across the borders of graphs: a graph within a node sees the values outside of it, unless it gives their names to its own.</summary>
static class NodeScopes
{
    /// <summary>What the node reads, each once: its inputs, and what graphs within it take from outside.</summary>
    public static List<string> Reads(NodeProto node) => [.. node.Input.Concat(node.Subgraphs().SelectMany(Captured)).Where(value => value.Length > 0).Distinct()];

    static IEnumerable<string> Captured(GraphProto graph) =>
        graph.Node.SelectMany(Reads).Concat(graph.Output.Select(output => output.Name)).Except(Defined(graph));

    /// <summary>The names that a graph gives to values.</summary>
    public static HashSet<string> Defined(GraphProto graph) =>
        [.. graph.Input.Select(input => input.Name), .. graph.Initializer.Select(tensor => tensor.Name), .. graph.Node.SelectMany(node => node.Output)];

    /// <summary>Lets a node read another value, in graphs within it too, unless those give the name to something of their own.</summary>
    public static void Rename(NodeProto node, string value, string by)
    {
        for (var i = 0; i < node.Input.Count; i++)
            if (node.Input[i] == value)
                node.Input[i] = by;
        foreach (var graph in node.Subgraphs())
        {
            if (Defined(graph).Contains(value))
                continue;
            foreach (var inner in graph.Node)
                Rename(inner, value, by);
            foreach (var output in graph.Output)
                if (output.Name == value)
                    output.Name = by;
        }
    }
}
