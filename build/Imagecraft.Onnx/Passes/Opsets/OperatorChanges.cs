// Which standard operators changed their meaning in which operator set, and how a node of the old form becomes one of the new. Unaware of models.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

/// <summary>Rewrites a node in its graph; null when done, else why it is impossible.</summary>
delegate string? Adapter(GraphIndex index, NodeProto node);

/// <summary>
/// All changes of meaning from operator set 6 to 17. Operators and versions that are not listed gained types, optional attributes with the old behaviour as default, or wording.
/// </summary>
/// <remarks>Source: the published change log of the standard operators.</remarks>
static class OperatorChanges
{
    static readonly (string Operator, int Version, Adapter Adapt)[] All =
    [
        .. OldAdapters.All,
        ("Upsample", 9, ResizeAdapters.UpsampleScales),
        ("Upsample", 10, ResizeAdapters.UpsampleToResize),
        ("Resize", 11, ResizeAdapters.Coordinates),
        ("BatchNormalization", 9, NormalizationAdapters.Spatial),
        ("BatchNormalization", 14, NormalizationAdapters.Outputs),
        ("Scan", 9, (_, _) => "its inputs have no batch any more"),
        ("Dropout", 10, NormalizationAdapters.Mask),
        ("Dropout", 12, NormalizationAdapters.Ratio),
        ("Slice", 10, (index, node) => ToInputs(index, node, ("starts", 1), ("ends", 2), ("axes", 3))),
        ("TopK", 10, TopK),
        ("Clip", 11, Clip),
        ("Pad", 11, Pad),
        ("Scatter", 11, Scatter),
        ("Softmax", 13, SoftmaxAdapter.Adapt),
        ("LogSoftmax", 13, SoftmaxAdapter.Adapt),
        ("Hardmax", 13, SoftmaxAdapter.Adapt),
        ("Squeeze", 13, (index, node) => ToInputs(index, node, ("axes", 1))),
        ("Unsqueeze", 13, (index, node) => ToInputs(index, node, ("axes", 1))),
        ("ReduceSum", 13, (index, node) => ToInputs(index, node, ("axes", 1))),
        ("Split", 13, (index, node) => ToInputs(index, node, ("split", 1))),
        ("RoiAlign", 16, (_, node) => Default(node, "coordinate_transformation_mode", "output_half_pixel")),
    ];

    static readonly ILookup<string, (int Version, Adapter Adapt)> ByOperator = All.ToLookup(change => change.Operator, change => (change.Version, change.Adapt));

    /// <summary>The changes of an operator, oldest first.</summary>
    public static IEnumerable<(int Version, Adapter Adapt)> Of(string type) => ByOperator[type];

    /// <summary>Attributes with lists of integers become constant inputs at their positions.</summary>
    static string? ToInputs(GraphIndex index, NodeProto node, params ReadOnlySpan<(string Attribute, int Input)> moves)
    {
        foreach (var (attribute, input) in moves)
        {
            if (node.GetIntegers(attribute) is { } values)
                Constant(index, node, input, attribute, TensorData.Make<long>("", values.AsSpan(), values.Length));
            node.Without(attribute);
        }
        return null;
    }

    /// <summary>Makes a constant for one input of a node.</summary>
    internal static void Constant(GraphIndex index, NodeProto node, int input, string what, TensorProto tensor)
    {
        tensor.Name = index.FreshName($"{node.Output.FirstOrDefault(output => output.Length > 0, node.OpType)}_{what}");
        index.SetInput(node, input, index.Add(tensor));
    }

    internal static string? Default(NodeProto node, string attribute, string value)
    {
        if (!node.Has(attribute))
            node.With(attribute, value);
        return null;
    }

    static string? TopK(GraphIndex index, NodeProto node)
    {
        Constant(index, node, 1, "k", TensorData.Make<long>("", [node.GetInteger("k", 0)], 1));
        node.Without("k");
        return null;
    }

    /// <summary>Limits were attributes of type float whatever the value's type; half and double have their own.</summary>
    static string? Clip(GraphIndex index, NodeProto node)
    {
        foreach (var (attribute, input) in (ImmutableArray<(string, int)>)[("min", 1), ("max", 2)])
        {
            if (!node.Has(attribute))
                continue;
            if (Typed(index, node, node.GetNumber(attribute, 0)) is not { } limit)
                return "its limits are of the value's type, which is not known,";
            Constant(index, node, input, attribute, limit);
            node.Without(attribute);
        }
        return null;
    }

    static string? Pad(GraphIndex index, NodeProto node)
    {
        if (node.GetNumber("value", 0) is var value && value != 0)
        {
            if (Typed(index, node, value) is not { } padding)
                return "its padding is of the value's type, which is not known,";
            Constant(index, node, 2, "value", padding);
        }
        node.Without("value");
        return ToInputs(index, node, ("pads", 1));
    }

    /// <summary>A scalar of the type of the node's first input.</summary>
    static TensorProto? Typed(GraphIndex index, NodeProto node, float value) => (index.TypeOf(node.InputAt(0)) ?? index.TypeOf(node.Output[0])) switch
    {
        TensorProto.Types.DataType.Float => TensorData.Make("", [value]),
        TensorProto.Types.DataType.Double => TensorData.Make("", [(double)value]),
        TensorProto.Types.DataType.Float16 => TensorData.Make("", [(Half)value]),
        _ => null,
    };

    static string? Scatter(GraphIndex index, NodeProto node)
    {
        node.OpType = "ScatterElements";
        return null;
    }
}
