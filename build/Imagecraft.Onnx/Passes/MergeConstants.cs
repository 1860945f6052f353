// Stores equal constants once. Unaware of what reads them.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Lets all that reads one of several initializers with the same type, shape and bytes read the first of them: weights that layers share, tables of positions, scales and zero points. Keeps initializers that are inputs or outputs
/// of the graph, and those of graphs within nodes. Assumes that constants are initializers (<see cref="FoldConstants"/>).
/// </summary>
public sealed class MergeConstants : IModelPass
{
    /// <inheritdoc/>
    public string Name => "merge-constants";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        var inputs = model.Graph.Input.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var equals in model.Graph.Initializer.Where(tensor => !inputs.Contains(tensor.Name) && !index.IsOutput(tensor.Name)).GroupBy(Content).Where(group => group.Skip(1).Any()).ToList())
            foreach (var other in equals.Skip(1))
                index.ReplaceUses(other.Name, equals.First().Name);
        index.Finish();
        return model;
    }

    /// <summary>The tensor without its name; messages compare by content.</summary>
    static TensorProto Content(TensorProto tensor) => new(tensor) { Name = "" };
}
