// Drops attributes that say what holds without them. Unaware of what a network computes.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Removes attributes with their default value, and kernel sizes that weights state too: they take more bytes than a small layer's biases. What an operator of somebody else's does without an attribute, nobody here knows: it keeps all.</summary>
/// <remarks>Source of the defaults: ONNX, operator set 17, and ONNX Runtime's contributed operators.</remarks>
public sealed class DropDefaults : IModelPass
{
    static readonly ImmutableArray<string> Convolutions = ["Conv", "ConvTranspose", "FusedConv", "QLinearConv"];
    static readonly ImmutableArray<string> Windows = [.. Convolutions, "MaxPool", "AveragePool"];
    static readonly ImmutableArray<string> Products = ["Gemm", "QGemm"];

    /// <summary>The standard operators, and what ONNX Runtime fuses into.</summary>
    static readonly ImmutableArray<string> Domains = ["", "ai.onnx", "com.microsoft"];

    /// <inheritdoc/>
    public string Name => "drop-defaults";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        foreach (var node in model.Graph.AllNodes().Where(node => Domains.Contains(node.Domain)))
            for (var i = node.Attribute.Count - 1; i >= 0; i--)
                if (IsDefault(node, node.Attribute[i]))
                    node.Attribute.RemoveAt(i);
        return model;
    }

    static bool IsDefault(NodeProto node, AttributeProto attribute) => attribute.Name switch
    {
        "auto_pad" => Windows.Contains(node.OpType) && attribute.S.ToStringUtf8() == "NOTSET",
        "pads" => Windows.Contains(node.OpType) && attribute.Ints.All(pad => pad == 0),
        "strides" or "dilations" => Windows.Contains(node.OpType) && attribute.Ints.All(step => step == 1),
        "kernel_shape" => Convolutions.Contains(node.OpType),
        "group" => Convolutions.Contains(node.OpType) && attribute.I == 1,
        "storage_order" or "ceil_mode" => node.OpType is "MaxPool" or "AveragePool" && attribute.I == 0,
        "allowzero" => node.OpType == "Reshape" && attribute.I == 0,
        "transA" or "transB" => Products.Contains(node.OpType) && attribute.I == 0,
        "alpha" or "beta" => Products.Contains(node.OpType) && attribute.F == 1,
        "channels_last" => node.OpType is "QLinearConv" or "QLinearGlobalAveragePool" or "QLinearAveragePool" && attribute.I == 0,
        _ => false,
    };
}
