// Puts nodes behind those they read from. Unaware of what they compute.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Graphs;

/// <summary>The order in which nodes can be computed; where it leaves a choice, that of the list.</summary>
static class TopologicalOrder
{
    /// <summary>The nodes in that order. A cycle is an <see cref="OnnxException"/> that names a node of it.</summary>
    /// <param name="nodes">All nodes of a graph.</param>
    /// <param name="producer">The node that makes a value; null for inputs and initializers.</param>
    /// <param name="file">Names the model in messages.</param>
    public static IReadOnlyList<NodeProto> Of(IEnumerable<NodeProto> nodes, Func<string, NodeProto?> producer, string file)
    {
        var sorted = new List<NodeProto>();
        var done = new Dictionary<NodeProto, bool>(ReferenceEqualityComparer.Instance);
        // A stack of its own: graphs are as deep as a thread's stack is not.
        var path = new Stack<(NodeProto Node, IEnumerator<string> Inputs)>();
        foreach (var start in nodes)
        {
            Enter(start);
            while (path.TryPeek(out var top))
            {
                if (top.Inputs.MoveNext())
                {
                    if (producer(top.Inputs.Current) is { } before)
                        Enter(before);
                    continue;
                }
                done[top.Node] = true;
                sorted.Add(top.Node);
                path.Pop();
            }
        }
        return sorted;

        void Enter(NodeProto node)
        {
            if (done.TryAdd(node, false))
                path.Push((node, NodeScopes.Reads(node).GetEnumerator()));
            else if (!done[node])
                throw new OnnxException($"The graph of `{file}` has a cycle through the node {node.Display()}");
        }
    }
}
