// BatchNormalization and Dropout before training became an attribute or input of theirs. Unaware of models.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

static class NormalizationAdapters
{
    /// <summary>Statistics of each position are possible no more.</summary>
    public static string? Spatial(GraphIndex index, NodeProto node)
    {
        if (node.GetInteger("spatial", 1) != 1)
            return "`spatial: 0` does not exist";
        node.Without("spatial");
        return null;
    }

    /// <summary>More than one output meant training.</summary>
    public static string? Outputs(GraphIndex index, NodeProto node) => node.Output.Skip(1).Any(output => output.Length > 0) ? "outputs of training have another meaning" : null;

    /// <summary>The mask had the type of the value and is boolean now.</summary>
    public static string? Mask(GraphIndex index, NodeProto node) =>
        node.Output.Count > 1 && (index.Consumers(node.Output[1]).Count > 0 || index.IsOutput(node.Output[1])) ? "its mask is boolean" : null;

    /// <summary>Outside training nothing is dropped, whatever the ratio.</summary>
    public static string? Ratio(GraphIndex index, NodeProto node)
    {
        node.Without("ratio");
        return null;
    }
}
