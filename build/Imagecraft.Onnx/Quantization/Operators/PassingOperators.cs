// Operators that move values. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Shapes, orders, selections, and interpolation, which stays between its neighbours.</summary>
static class PassingOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        // ONNX Runtime's largest of integers is ten times slower than that of floats.
        new("MaxPool", OperatorFamily.PassingThrough) { Accepts = (node, _) => node.Output.Count == 1, HasIntegerKernel = false },
        new("Reshape", OperatorFamily.PassingThrough),
        new("Transpose", OperatorFamily.PassingThrough),
        new("Squeeze", OperatorFamily.PassingThrough),
        new("Unsqueeze", OperatorFamily.PassingThrough),
        new("Flatten", OperatorFamily.PassingThrough),
        new("Slice", OperatorFamily.PassingThrough),
        new("DepthToSpace", OperatorFamily.PassingThrough),
        new("SpaceToDepth", OperatorFamily.PassingThrough),
        new("Concat", OperatorFamily.PassingThrough) { Activations = node => Enumerable.Range(0, node.Input.Count) },
        new("Resize", OperatorFamily.PassingThrough) { Accepts = (node, _) => node.GetText("mode", "nearest") is "nearest" or "linear" && node.GetText("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize" },
    ];
}
