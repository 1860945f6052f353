// What changed from operator set 6 to 7: broadcasting by attributes went, and modes of training. Unaware of models.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

/// <summary>Rewrites nodes of operator set 6.</summary>
/// <remarks>Source: the published change log of the standard operators, versions 1, 6 and 7.</remarks>
static class OldAdapters
{
    const int Version = 7;

    static readonly ImmutableArray<string> Broadcasting = ["Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Greater", "Less", "Equal"];

    public static IEnumerable<(string Operator, int Version, Adapter Adapt)> All =>
    [
        .. Broadcasting.Select(type => (type, Version, (Adapter)Broadcast)),
        ("Gemm", Version, (_, node) => Drop(node, "broadcast")),
        ("PRelu", Version, Slope),
        ("BatchNormalization", Version, Normalization),
        ("Dropout", Version, (_, node) => Drop(node, "is_test", "consumed_inputs")),
        ("RNN", Version, (_, node) => Drop(node, "output_sequence")),
        ("GRU", Version, (_, node) => Drop(node, "output_sequence")),
        ("LSTM", Version, (_, node) => Drop(node, "output_sequence")),
        ("Upsample", Version, Upsample),
    ];

    static string? Drop(NodeProto node, params ReadOnlySpan<string> attributes)
    {
        foreach (var attribute in attributes)
            node.Without(attribute);
        return null;
    }

    /// <summary>The second input began at <c>axis</c> of the first; now both end together.</summary>
    static string? Broadcast(GraphIndex index, NodeProto node)
    {
        if (node.GetInteger("broadcast", 0) != 0 && node.Has("axis"))
        {
            if (index.ShapeOf(node.InputAt(0)) is not { } left || index.ShapeOf(node.InputAt(1)) is not { } right)
                return "its inputs end together, and where its `axis` puts the second is known by their ranks alone, which are not stated,";
            var axis = node.GetInteger("axis", 0);
            Append(index, node, left.Length - (int)(axis < 0 ? axis + left.Length : axis) - right.Length, right.Length);
        }
        return Drop(node, "broadcast", "axis", "consumed_inputs");
    }

    /// <summary>One slope a channel, whatever follows the channels.</summary>
    static string? Slope(GraphIndex index, NodeProto node)
    {
        if (index.ShapeOf(node.InputAt(1)) is [1])
            return Drop(node, "consumed_inputs");
        if (index.ShapeOf(node.InputAt(0)) is not { } shape || index.ShapeOf(node.InputAt(1)) is not { Length: 1 })
            return "its slopes end with its input, whose rank is not stated,";
        Append(index, node, shape.Length - 2, 1);
        return Drop(node, "consumed_inputs");
    }

    /// <summary>Lets the second input have that many dimensions of one element behind its own.</summary>
    static void Append(GraphIndex index, NodeProto node, int count, int rank)
    {
        if (count <= 0)
            return;
        var name = index.FreshName($"{node.Input[1]}_wide");
        index.Add(new NodeProto { OpType = "Unsqueeze", Name = name, Input = { node.Input[1] }, Output = { name } }).With("axes", Enumerable.Range(rank, count).Select(axis => (long)axis));
        index.SetInput(node, 1, name);
    }

    static string? Normalization(GraphIndex index, NodeProto node) =>
        node.GetInteger("is_test", 0) == 0 && node.Output.Count > 1 ? "it is in training; export it for inference: it has no such mode" : Drop(node, "is_test", "consumed_inputs");

    static string? Upsample(GraphIndex index, NodeProto node)
    {
        if (!node.Has("height_scale"))
            return null;
        node.Attribute.Add(new AttributeProto { Name = "scales", Type = AttributeProto.Types.AttributeType.Floats, Floats = { 1, 1, node.GetNumber("height_scale", 1), node.GetNumber("width_scale", 1) } });
        return Drop(node, "height_scale", "width_scale");
    }
}
