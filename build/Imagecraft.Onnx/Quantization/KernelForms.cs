// Writes operators as others that ONNX Runtime has integer kernels for. Unaware of quantization's arithmetic.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Sub and Div by constants become Add and Mul, ReduceMean over all places of an image GlobalAveragePool, PRelu with one slope LeakyRelu, and Tanh between layers with weights <c>2 sigmoid(2 x) - 1</c>, of which only the sigmoid is
/// computed: the factors and the summand are other readings of its integers.
/// </summary>
/// <param name="keep">Names and kinds of nodes that stay.</param>
sealed class KernelForms(ImmutableSortedSet<string> keep) : IModelPass
{
    /// <inheritdoc/>
    public string Name => "kernel-forms";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.Nodes.Where(node => !keep.Contains(node.OpType) && !keep.Contains(QuantizationPlanner.NameOf(node))))
            if (node.Is("Sub", "Div"))
                Invert(index, node);
            else if (node.Is("ReduceMean"))
                Pool(index, node);
            else if (node.Is("PRelu"))
                Leak(index, node);
            else if (node.Is("Tanh") && index.Producer(node.Input[0]) is { } before && IsWeighted(before, index) && index.Consumers(node.Output[0]) is { Count: > 0 } readers && !index.IsOutput(node.Output[0]) && readers.All(reader => IsWeighted(reader, index)))
                Spread(index, node);
        index.Finish();
        return model;
    }

    static bool IsWeighted(NodeProto node, GraphIndex index) => node.Is("Conv", "Gemm", "MatMul") && index.Constant(node.InputAt(1)) is not null;

    static void Invert(GraphIndex index, NodeProto node)
    {
        if (Floats(index, node.Input[1]) is not { } constant || index.Constant(node.Input[0]) is not null)
            return;
        var values = Array.ConvertAll(TensorData.ReadFloats(constant), value => node.OpType == "Sub" ? -value : 1 / value);
        if (!Array.TrueForAll(values, float.IsFinite))
            return;
        index.SetInput(node, 1, index.Add(TensorData.Make<float>(index.FreshName(constant.Name), values, [.. constant.Dims])));
        node.OpType = node.OpType == "Sub" ? "Add" : "Mul";
    }

    static void Pool(GraphIndex index, NodeProto node)
    {
        if (index.ShapeOf(node.Input[0]) is not { Length: > 2 } shape || (node.GetIntegers("axes") ?? Axes(index, node)) is not { } axes
            || !axes.Select(axis => axis < 0 ? axis + shape.Length : axis).Order().SequenceEqual(Enumerable.Range(2, shape.Length - 2).Select(axis => (long)axis)))
            return;
        var (name, output) = (QuantizationPlanner.NameOf(node), node.Output[0]);
        var keeps = node.GetInteger("keepdims", 1) != 0;
        index.Remove(node);
        var pooled = keeps ? output : index.FreshName(name + ".pool");
        index.Add(new NodeProto { OpType = "GlobalAveragePool", Name = name, Input = { node.Input[0] }, Output = { pooled } });
        if (!keeps)
            index.Add(new NodeProto { OpType = "Flatten", Name = index.FreshName(name + ".Flatten"), Input = { pooled }, Output = { output } });
    }

    static ImmutableArray<long>? Axes(GraphIndex index, NodeProto node) =>
        index.Constant(node.InputAt(1)) is { DataType: (int)ElementType.Int64 } axes ? [.. TensorData.Read<long>(axes)] : null;

    static void Leak(GraphIndex index, NodeProto node)
    {
        if (Floats(index, node.Input[1]) is not { } slope || TensorData.ReadFloats(slope) is not [var first, .. var others] || !Array.TrueForAll(others, value => value == first))
            return;
        index.Remove(node);
        index.Add(new NodeProto { OpType = "LeakyRelu", Name = node.Name, Input = { node.Input[0] }, Output = { node.Output[0] } }.With("alpha", first));
    }

    static void Spread(GraphIndex index, NodeProto node)
    {
        var (name, output) = (QuantizationPlanner.NameOf(node), node.Output[0]);
        index.Remove(node);
        var two = index.Add(TensorData.Make<float>(index.FreshName("number"), [2]));
        var doubled = Apply("Mul", node.Input[0], two);
        var spread = Apply("Mul", Apply("Sigmoid", doubled), two);
        index.Add(new NodeProto { OpType = "Add", Name = name, Input = { spread, index.Add(TensorData.Make<float>(index.FreshName("number"), [-1])) }, Output = { output } });

        string Apply(string kind, params ReadOnlySpan<string> inputs) =>
            index.Add(new NodeProto { OpType = kind, Name = index.FreshName($"{name}.{kind}"), Input = { inputs.ToArray() }, Output = { index.FreshName($"{name}.{kind.ToLowerInvariant()}") } }).Output[0];
    }

    static TensorProto? Floats(GraphIndex index, string value) => index.Constant(value) is { DataType: (int)ElementType.Float } tensor ? tensor : null;
}
