// Drops what no output depends on. Unaware of what nodes compute.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Removes nodes, constants and stated shapes of the main graph that no output of it needs, and outputs that a node may leave out and nothing reads: the places of a <c>MaxPool</c>, the mask of a <c>Dropout</c>, the statistics of a
/// normalization, the states of a recurrence. Graphs within nodes only count as users. Keeps all inputs. Assumes nothing.
/// </summary>
public sealed class RemoveDeadNodes : IModelPass
{
    /// <summary>Operators of which all outputs but the first are optional.</summary>
    static readonly string[] Optional = ["BatchNormalization", "Dropout", "GRU", "LayerNormalization", "LSTM", "MaxPool", "RNN"];

    /// <inheritdoc/>
    public string Name => "remove-dead";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        var live = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(model.Graph.Output.Select(output => output.Name));
        while (open.TryPop(out var value))
            if (index.Producer(value) is { } producer && live.Add(producer))
                foreach (var input in NodeScopes.Reads(producer))
                    open.Push(input);
        foreach (var node in index.Nodes.Where(node => !live.Contains(node)))
            index.Remove(node);
        foreach (var node in index.Nodes.Where(node => node.Is(Optional) && node.Output.Skip(1).Any(output => IsUnread(index, output))))
            LeaveOut(index, node);
        index.Finish();
        return model;
    }

    static bool IsUnread(GraphIndex index, string output) => output.Length > 0 && index.Consumers(output).Count == 0 && !index.IsOutput(output);

    /// <summary>An output in the middle keeps its place without a name.</summary>
    static void LeaveOut(GraphIndex index, NodeProto node)
    {
        index.Remove(node);
        for (var i = node.Output.Count - 1; i > 0; i--)
            if (IsUnread(index, node.Output[i]))
                node.Output[i] = "";
        while (node.Output.Count > 1 && node.Output[^1].Length == 0)
            node.Output.RemoveAt(node.Output.Count - 1);
        index.Add(node);
    }
}
