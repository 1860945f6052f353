// Counts the multiplications of nodes, on whatever they run. Unaware of commands.

namespace Imagecraft.Vnpu.Networks;

/// <summary>Multiply-accumulates, so that shares of a network can be stated.</summary>
public static class Multiplications
{
    /// <summary>Of one node; 0 where it multiplies no matrices, or its shapes are not known.</summary>
    public static long Of(NetworkNode node) => node.Kind switch
    {
        "Conv" or "FusedConv" or "ConvInteger" or "NhwcConv" => OfFilters(node, 1),
        "QLinearConv" => OfFilters(node, 3),
        "MatMul" or "MatMulInteger" or "FusedMatMul" or "Gemm" or "FusedGemm" or "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" => OfRows(node, 0, node.Integer("transA", 0) != 0),
        "QLinearMatMul" or "QGemm" => OfRows(node, 0, node.Integer("transA", 0) != 0),
        _ => 0,
    };

    // Each element of the output takes the values of one filter: [filters, channels of a group, rows, columns].
    private static long OfFilters(NetworkNode node, int weights) =>
        node.Outputs is [{ IsFixed: true } output, ..] && node.Inputs.ElementAtOrDefault(weights) is { IsFixed: true, Shape: [> 0, ..] } filters ? checked(output.Count * (filters.Count / filters.Shape[0])) : 0;

    private static long OfRows(NetworkNode node, int left, bool isTurned) =>
        node.Outputs is [{ IsFixed: true } output, ..] && node.Inputs[left] is { IsFixed: true, Shape.Length: > 0 } rows ? checked(output.Count * rows.Shape[isTurned ? 0 : ^1]) : 0;
}
