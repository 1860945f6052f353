// Quantizes dynamically what static quantization was told to leave. Unaware of both methods' arithmetic.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization;

/// <summary>The nodes of <see cref="QuantizationOptions.Dynamic"/> in a network whose other parts are quantized already.</summary>
static class DynamicParts
{
    /// <summary>Gives the network with them quantized. A name or kind that is none of a matrix product, an LSTM or a GRU is an <see cref="OnnxException"/>.</summary>
    /// <param name="model">A network in QDQ form, in which they are float.</param>
    /// <param name="options">Which nodes, and how.</param>
    /// <param name="file">Names the model in messages.</param>
    public static ModelProto Quantize(ModelProto model, QuantizationOptions options, string file)
    {
        var able = model.Graph.Node.Where(node => node.Is([.. DynamicQuantizer.Kinds, "GRU"])).ToList();
        var unknown = options.Dynamic.Where(name => !able.Exists(node => node.OpType == name || QuantizationPlanner.NameOf(node) == name)).Select(name => $"`{name}`").ToList();
        if (unknown.Count > 0)
            throw new OnnxException($"`dynamic` of `{file}` names [{string.Join(", ", unknown)}], but ranges can be found at run time for nodes of [{string.Join(", ", [.. DynamicQuantizer.Kinds, "GRU"])}] only; it has [{string.Join(", ", able.Select(QuantizationPlanner.NameOf))}]");
        var keep = options.Exclude.Union(able.Where(node => !options.Dynamic.Contains(node.OpType) && !options.Dynamic.Contains(QuantizationPlanner.NameOf(node))).Select(QuantizationPlanner.NameOf));
        model = new GruProducts(keep).Apply(model, file);
        // A node that is gone, because it is quantized, or is one of the GRU's products now, cannot be named any more.
        var names = model.Graph.Node.SelectMany(node => new[] { node.OpType, QuantizationPlanner.NameOf(node) }).ToHashSet();
        return DynamicQuantizer.Quantize(model, [.. keep.Where(names.Contains)], options.PerChannel, options.ReduceRange, file);
    }
}
