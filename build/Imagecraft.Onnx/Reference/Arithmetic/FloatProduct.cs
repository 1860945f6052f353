// Products of float matrices whose sums are formed in one order. Unaware of tensors.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Imagecraft.Onnx.Reference.Arithmetic;

/// <summary>The left matrix of a product, packed: its rows in groups of <see cref="FloatProduct.Rows"/>, each group column by column.</summary>
sealed class PackedRows(float[] values, int rows, int depth)
{
    public float[] Values => values;

    public int Rows => rows;

    public int Depth => depth;

    /// <summary>Packs rows.</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="depth">Its columns.</param>
    /// <param name="rowStride">From row to row.</param>
    /// <param name="stride">From column to column.</param>
    public static PackedRows Of(ReadOnlySpan<float> source, int rows, int depth, int rowStride, int stride)
    {
        var values = new float[(rows + FloatProduct.Rows - 1) / FloatProduct.Rows * FloatProduct.Rows * depth];
        for (var row = 0; row < rows; row++)
            for (var k = 0; k < depth; k++)
                values[(row / FloatProduct.Rows * FloatProduct.Rows * depth) + (k * FloatProduct.Rows) + (row % FloatProduct.Rows)] = source[(row * rowStride) + (k * stride)];
        return new(values, rows, depth);
    }
}

/// <summary>Fills a panel with columns [from, from + count) of the right matrix: row k at <c>k * width</c>, zeros behind the last column.</summary>
unsafe delegate void PanelSource(float* panel, int from, int count, int width);

/// <summary>
/// Each element is <c>((0 + a0 b0) + a1 b1) + ...</c>, each product and each sum rounded. Vectors run along the columns, so their width changes nothing; fused multiply-adds, which some processors lack, are not used.
/// </summary>
static unsafe class FloatProduct
{
    /// <summary>Rows that are computed together: with two vectors a row, they fill 16 registers.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a panel.</summary>
    public static int Columns => 2 * Vector<float>.Count;

    /// <summary>Multiplies.</summary>
    /// <param name="left">The left matrix.</param>
    /// <param name="source">The right matrix, by panels.</param>
    /// <param name="columns">Columns of the right matrix.</param>
    /// <param name="result">Row-major, with <paramref name="stride"/> from row to row.</param>
    /// <param name="stride">At least <paramref name="columns"/>.</param>
    public static void Multiply(PackedRows left, PanelSource source, int columns, float* result, int stride)
    {
        var width = Columns;
        var panel = new float[Math.Max(left.Depth, 1) * width];
        var edge = stackalloc float[Rows * width];
        fixed (float* packed = panel, rows = left.Values)
        {
            for (var column = 0; column < columns; column += width)
            {
                var count = Math.Min(width, columns - column);
                source(packed, column, count, width);
                for (var row = 0; row < left.Rows; row += Rows)
                {
                    var height = Math.Min(Rows, left.Rows - row);
                    if (count == width && height == Rows)
                    {
                        Block(rows + (row * left.Depth), packed, left.Depth, result + ((long)row * stride) + column, stride);
                        continue;
                    }
                    Block(rows + (row * left.Depth), packed, left.Depth, edge, width);
                    for (var r = 0; r < height; r++)
                        new Span<float>(edge + (r * width), count).CopyTo(new(result + ((long)(row + r) * stride) + column, count));
                }
            }
        }
    }

    /// <summary>The panels of a matrix in memory.</summary>
    /// <param name="matrix">Its first element.</param>
    /// <param name="depth">Its rows.</param>
    /// <param name="rowStride">From row to row.</param>
    /// <param name="stride">From column to column.</param>
    public static PanelSource Panels(float* matrix, int depth, int rowStride, int stride) => (panel, from, count, width) =>
    {
        for (var k = 0; k < depth; k++)
        {
            var to = panel + (k * width);
            var row = matrix + ((long)k * rowStride) + ((long)from * stride);
            if (stride == 1)
                new Span<float>(row, count).CopyTo(new(to, count));
            else
                for (var i = 0; i < count; i++)
                    to[i] = row[(long)i * stride];
            new Span<float>(to + count, width - count).Clear();
        }
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Block(float* a, float* b, int depth, float* c, int stride)
    {
        var width = Vector<float>.Count;
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (var k = 0; k < depth; k++, a += Rows, b += 2 * width)
        {
            var (b0, b1) = (Vector.Load(b), Vector.Load(b + width));
            var x = new Vector<float>(a[0]);
            c00 += x * b0;
            c01 += x * b1;
            x = new(a[1]);
            c10 += x * b0;
            c11 += x * b1;
            x = new(a[2]);
            c20 += x * b0;
            c21 += x * b1;
            x = new(a[3]);
            c30 += x * b0;
            c31 += x * b1;
            x = new(a[4]);
            c40 += x * b0;
            c41 += x * b1;
            x = new(a[5]);
            c50 += x * b0;
            c51 += x * b1;
        }
        Store(c, c00, c01);
        Store(c + stride, c10, c11);
        Store(c + (2L * stride), c20, c21);
        Store(c + (3L * stride), c30, c31);
        Store(c + (4L * stride), c40, c41);
        Store(c + (5L * stride), c50, c51);

        static void Store(float* to, Vector<float> first, Vector<float> second)
        {
            first.Store(to);
            second.Store(to + Vector<float>.Count);
        }
    }
}
