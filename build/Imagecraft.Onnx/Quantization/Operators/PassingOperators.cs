// Operators that move values. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Shapes, orders, selections, and interpolation, which stays between its neighbours.</summary>
static class PassingOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("MaxPool", OperatorFamily.PassingThrough) { Accepts = (node, _) => node.Output.Count == 1 },
        new("Reshape", OperatorFamily.PassingThrough),
        new("Transpose", OperatorFamily.PassingThrough),
        new("Squeeze", OperatorFamily.PassingThrough),
        new("Unsqueeze", OperatorFamily.PassingThrough),
        new("Flatten", OperatorFamily.PassingThrough),
        new("Slice", OperatorFamily.PassingThrough),
        new("DepthToSpace", OperatorFamily.PassingThrough),
        new("SpaceToDepth", OperatorFamily.PassingThrough),
        new("Split", OperatorFamily.PassingThrough),
        new("Gather", OperatorFamily.PassingThrough),
        new("GatherElements", OperatorFamily.PassingThrough),
        new("Expand", OperatorFamily.PassingThrough),
        new("Tile", OperatorFamily.PassingThrough),
        // ONNX Runtime has a kernel of integers, but does not move pairs away from it: `IntegerPads` does.
        new("Pad", OperatorFamily.PassingThrough) { Accepts = FillsZeros },
        new("Concat", OperatorFamily.PassingThrough) { Activations = node => Enumerable.Range(0, node.Input.Count) },
        new("Resize", OperatorFamily.PassingThrough) { Accepts = (node, _) => node.GetText("mode", "nearest") is "nearest" or "linear" && node.GetText("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize" },
    ];

    /// <summary>Zero is exact whatever the range; values that are mirrored or repeated are in it.</summary>
    static bool FillsZeros(NodeProto node, GraphIndex index) =>
        node.GetText("mode", "constant") != "constant" || node.InputAt(2).Length == 0 || (index.Constant(node.Input[2]) is { DataType: (int)TensorProto.Types.DataType.Float } filling && Array.TrueForAll(TensorData.ReadFloats(filling), value => value == 0));
}
