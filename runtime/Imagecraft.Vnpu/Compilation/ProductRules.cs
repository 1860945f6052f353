// Products of matrices, as commands. Unaware of memory.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

internal static class ProductRules
{
    /// <summary>Inputs: a, its scale and zero point, b, its, scale and zero point of the output.</summary>
    public static IEnumerable<Step> Multiply(NetworkNode node) => [Product(node, Reading.Constant(node, 3), 1, [], Reading.Affine(node, 6))];

    /// <summary>Inputs: a, its scale and zero point, b, its, bias, scale and zero point of the output, without which it gives floats.</summary>
    public static IEnumerable<Step> Gemm(NetworkNode node)
    {
        if (node.Inputs.ElementAtOrDefault(7) is null)
            throw new NotTakenException("it gives floats");
        if (node.Integer("transA", 0) != 0)
            throw new NotTakenException("its left matrix is transposed");
        var b = Reading.Constant(node, 3);
        if (node.Integer("transB", 0) != 0)
            b = Turned(b);
        return [Product(node, b, node.Numbers.GetValueOrDefault("alpha", 1), Reading.Bias(node, 6, b.Shape is [_, var columns] ? columns : 0), Reading.Affine(node, 7))];
    }

    private static Step Product(NetworkNode node, NetworkValue b, float alpha, ImmutableArray<int> bias, Affine to)
    {
        var (a, y, from) = (Reading.Bytes(node, 0), Reading.Output(node), Reading.Affine(node, 1));
        if (b.Shape is not [var depth, var columns] || a.Shape is not [.., var inner] || inner != depth)
            throw new NotTakenException($"`{b.Name}` is no one matrix");
        var command = new Command
        {
            Operation = Operation.Multiply,
            Rows = (uint)Reading.Fits(a.Count / Math.Max(depth, 1), int.MaxValue, "the number of rows"),
            Depth = (uint)Reading.Fits(depth, int.MaxValue, "the depth"),
            Columns = (uint)Reading.Fits(columns, int.MaxValue, "the number of columns"),
            InputZero = from.Zero,
            SecondZero = Reading.Zero(node, 5),
            OutputZero = to.Zero,
        };
        var parameters = Reading.Parameters(bias.IsEmpty ? [.. new int[columns]] : bias, from.Scale * alpha, Reading.Scales(node, 4, columns), to.Scale);
        return new(Reading.Whole(command, a, b, y), a, y) { Second = b, Parameters = parameters };
    }

    private static NetworkValue Turned(NetworkValue matrix)
    {
        if (matrix.Shape is not [var rows, var columns])
            throw new NotTakenException($"`{matrix.Name}` is no one matrix");
        var from = matrix.Constant!.Value.Span;
        var to = new byte[matrix.Count];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                to[(column * rows) + row] = from[checked((int)((row * columns) + column))];
        return matrix with { Shape = [columns, rows], Constant = to };
    }
}
