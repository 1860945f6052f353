// Which nodes of kinds that could have integers stay float, and why. Unaware of how the others are quantized.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization;

/// <summary>A node that stays float though nobody excluded it.</summary>
/// <param name="Name">Its name, or its first output's when it has none.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Reason">In words.</param>
public sealed record FloatNode(string Name, string Kind, string Reason)
{
    static readonly ImmutableArray<string> Products = ["Gemm", "MatMul"], Recurrent = ["GRU", "LSTM", "RNN"];

    /// <summary>The kinds with weights that static quantization takes.</summary>
    internal static ImmutableArray<string> Weighted { get; } = ["Conv", "ConvTranspose", .. Products];

    /// <summary>The node and the reason.</summary>
    public string Text => $"`{Name}` ({Kind}): {Reason}";

    /// <summary>Those that a plan of static quantization leaves.</summary>
    /// <param name="index">The float graph.</param>
    /// <param name="planned">What is quantized.</param>
    /// <param name="options">What is wanted.</param>
    internal static ImmutableArray<FloatNode> OfStatic(GraphIndex index, IEnumerable<PlannedNode> planned, QuantizationOptions options)
    {
        var taken = new HashSet<NodeProto>(planned.Select(plan => plan.Node), ReferenceEqualityComparer.Instance);
        return Of(index, options.Exclude, [.. Weighted, .. Recurrent], node => taken.Contains(node) ? null
            : options.Operators?.Contains(node.OpType) == false ? $"the profile takes no {node.OpType} on integers"
            : Recurrent.Contains(node.OpType) ? $"static quantization has no form for it{(DynamicQuantizer.Kinds.Contains(node.OpType) || (node.Is("GRU") && GruProducts.Refusal(index, node) is null) ? ", but `method: dynamic` has" : "")}"
            : WeightedOperators.Refusal(node, index) ?? "ONNX Runtime has no kernel of integers for it");
    }

    /// <summary>Those of a network that <see cref="DynamicQuantizer"/> leaves.</summary>
    /// <param name="index">Its result.</param>
    /// <param name="exclude">Names and kinds of nodes that stay as they are.</param>
    internal static ImmutableArray<FloatNode> OfDynamic(GraphIndex index, ImmutableSortedSet<string> exclude) => Of(index, exclude, [.. DynamicQuantizer.Kinds, "GRU"], node =>
        node.Is("GRU") ? GruProducts.Refusal(index, node) ?? "it was not written as products" :
        !Products.Contains(node.OpType) ? "its weights are no constant float matrices in the layout of ONNX's default"
        : WeightedOperators.Refusal(node, index) ?? $"its weights `{node.Input[1]}` are no matrix");

    /// <summary>Those of a network that <see cref="BlockWeights"/> leaves.</summary>
    /// <param name="index">Its result.</param>
    /// <param name="exclude">Names and kinds of nodes that stay as they are.</param>
    internal static ImmutableArray<FloatNode> OfWeights(GraphIndex index, ImmutableSortedSet<string> exclude) => Of(index, exclude, Products, node =>
        WeightedOperators.Refusal(node, index) ?? (index.Constant(node.Input[1]) is { Dims.Count: 2 } ? $"its weights `{node.Input[1]}` are too few to gain by blocks" : $"its weights `{node.Input[1]}` are no matrix"));

    /// <summary>The error of a network of which nothing is quantized.</summary>
    /// <param name="file">Names the network.</param>
    /// <param name="done">What was wanted of it, in words.</param>
    /// <param name="nodes">What stays float.</param>
    /// <param name="kinds">The kinds that are looked for.</param>
    internal static OnnxException Nothing(string file, string done, ImmutableArray<FloatNode> nodes, IEnumerable<string> kinds) => new(
        $"Nothing of `{file}` can be {done}: {(nodes.IsEmpty ? $"it has no node of [{string.Join(", ", kinds)}] that is not excluded" : $"[{string.Join("; ", nodes.Select(node => node.Text))}]")}; choose another `method`, or leave `quantize` out");

    static ImmutableArray<FloatNode> Of(GraphIndex index, ImmutableSortedSet<string> exclude, IEnumerable<string> kinds, Func<NodeProto, string?> reason) =>
    [
        .. from node in index.TopologicalOrder()
           where node.Is([.. kinds]) && !exclude.Contains(node.OpType) && !exclude.Contains(QuantizationPlanner.NameOf(node))
           let why = reason(node)
           where why is not null
           select new FloatNode(QuantizationPlanner.NameOf(node), node.OpType, why),
    ];
}
