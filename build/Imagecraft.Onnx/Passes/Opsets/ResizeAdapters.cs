// Upsample, and Resize before operator set 11. Unaware of models.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

static class ResizeAdapters
{
    /// <summary>The factors became an input.</summary>
    public static string? UpsampleScales(GraphIndex index, NodeProto node)
    {
        if (node.GetNumbers("scales") is not { } scales)
            return "its scales are an input";
        OperatorChanges.Constant(index, node, 1, "scales", TensorData.Make("", scales.AsSpan(), scales.Length));
        node.Without("scales");
        return null;
    }

    /// <summary>The operator got another name, and then the coordinates of its new one.</summary>
    public static string? UpsampleToResize(GraphIndex index, NodeProto node)
    {
        node.OpType = "Resize";
        return Coordinates(index, node);
    }

    /// <summary>
    /// Coordinates were asymmetric; the nearest value was, as ONNX Runtime has it, the one below where the size grows and the one above where it shrinks. The second input is the region of interest now.
    /// </summary>
    public static string? Coordinates(GraphIndex index, NodeProto node)
    {
        if (node.GetText("mode", "nearest") == "nearest")
        {
            if (index.Constant(node.InputAt(1)) is not { } constant)
                return "the rounding of its coordinates depends on scales that are not constant";
            var scales = TensorData.ReadFloats(constant);
            var shrinks = Array.Exists(scales, scale => scale < 1);
            if (shrinks && Array.Exists(scales, scale => scale > 1))
                return "the rounding of its coordinates is the same for dimensions that grow and that shrink";
            node.With("nearest_mode", shrinks ? "ceil" : "floor");
        }
        node.With("coordinate_transformation_mode", "asymmetric");
        var factors = node.InputAt(1);
        index.SetInput(node, 1, "");
        index.SetInput(node, 2, factors);
        return null;
    }
}
