// Removes nodes that pass their input on. Unaware of everything that computes.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Removes <c>Identity</c>, <c>Dropout</c> outside training, <c>Cast</c> to the type that the value has, <c>Concat</c> of one, <c>Transpose</c> that keeps the order, <c>Pad</c> by nothing, and <c>Reshape</c>,
/// <c>Expand</c>, <c>Squeeze</c>, <c>Unsqueeze</c> and <c>Flatten</c> to the shape that the value has. Assumes that stated types and shapes are true; keeps a node whose output must stay, such as one between an input and an output.
/// </summary>
public sealed class RemoveIdentities : IModelPass
{
    /// <inheritdoc/>
    public string Name => "remove-identities";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.Nodes)
            if (node.Output.Count > 0 && PassesOn(index, node))
                index.TryBypass(node, node.Input[0]);
        index.Finish();
        return model;
    }

    static bool PassesOn(GraphIndex index, NodeProto node) => node.Domain is "" or "ai.onnx" && node.InputAt(0).Length > 0 && node.OpType switch
    {
        "Identity" => true,
        "Dropout" => node.InputAt(2).Length == 0 || IsFalse(index.Constant(node.Input[2])),
        "Cast" => index.TypeOf(node.Input[0]) is { } type && node.GetInteger("to", 0) == (long)type,
        "Concat" => node.Input.Count == 1,
        "Transpose" => node.GetIntegers("perm") is { } order && order.Select((from, to) => from == to).All(kept => kept),
        "Pad" => node.GetIntegers("pads") is { } pads ? pads.All(pad => pad == 0) : IsZero(index.Constant(node.InputAt(1))),
        "Reshape" or "Expand" or "Squeeze" or "Unsqueeze" or "Flatten" => KeepsShape(index, node),
        _ => false,
    };

    /// <summary>One free dimension, such as that of the batch, is the same on both sides when all others are.</summary>
    static bool KeepsShape(GraphIndex index, NodeProto node) =>
        index.ShapeOf(node.Input[0]) is { } before && index.ShapeOf(node.Output[0]) is { } after && before.AsSpan().SequenceEqual(after)
        && before.Count(size => size < 0) <= (node.Is("Expand") || before.Contains(0) ? 0 : 1);

    static bool IsFalse(TensorProto? tensor) => tensor is { DataType: (int)TensorProto.Types.DataType.Bool } && !Array.Exists(TensorData.Read<bool>(tensor), value => value);

    static bool IsZero(TensorProto? tensor) => tensor is { DataType: (int)TensorProto.Types.DataType.Int64 } && Array.TrueForAll(TensorData.Read<long>(tensor), value => value == 0);
}
