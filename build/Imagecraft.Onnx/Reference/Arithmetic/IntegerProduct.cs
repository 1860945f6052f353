// Products of integer matrices with exact sums. Unaware of tensors and scales.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Imagecraft.Onnx.Reference.Arithmetic;

/// <summary>The left matrix, packed: its rows in groups of <see cref="IntegerProduct.Rows"/>, each group in pairs of columns.</summary>
sealed class PackedIntegerRows(int[] pairs, int rows, int depth)
{
    public int[] Pairs => pairs;

    public int Rows => rows;

    public int Depth => depth;

    public int PairCount => (depth + 1) / 2;

    /// <summary>Packs rows of 9-bit numbers: bytes less a zero point.</summary>
    public static PackedIntegerRows Of(ReadOnlySpan<short> source, int rows, int depth)
    {
        var count = (depth + 1) / 2;
        var pairs = new int[(rows + IntegerProduct.Rows - 1) / IntegerProduct.Rows * IntegerProduct.Rows * count];
        for (var row = 0; row < rows; row++)
            for (var k = 0; k < depth; k++)
            {
                ref var pair = ref pairs[(row / IntegerProduct.Rows * IntegerProduct.Rows * count) + (k / 2 * IntegerProduct.Rows) + (row % IntegerProduct.Rows)];
                pair |= (k & 1) == 0 ? (ushort)source[(row * depth) + k] : source[(row * depth) + k] << 16;
            }
        return new(pairs, rows, depth);
    }
}

/// <summary>Fills a panel with columns [from, from + count) of the right matrix: the pair of rows 2k and 2k + 1 of column i at <c>2 * (k * width + i)</c>, zeros where there is none.</summary>
unsafe delegate void IntegerPanelSource(short* panel, int from, int count, int width);

/// <summary>Sums of products of 9-bit numbers in 32 bits: exact for up to 32,000 products, whatever the processor's vectors are.</summary>
static unsafe class IntegerProduct
{
    /// <summary>Rows that are computed together.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a panel.</summary>
    public static int Columns => 2 * Vector<int>.Count;

    /// <summary>Multiplies; the result is row-major.</summary>
    public static void Multiply(PackedIntegerRows left, IntegerPanelSource source, int columns, int* result)
    {
        var width = Columns;
        var panel = new short[2 * Math.Max(left.PairCount, 1) * width];
        var edge = stackalloc int[Rows * width];
        fixed (short* packed = panel)
        fixed (int* rows = left.Pairs)
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
                        Block(rows + (row * left.PairCount), (int*)packed, left.PairCount, result + ((long)row * columns) + column, columns);
                        continue;
                    }
                    Block(rows + (row * left.PairCount), (int*)packed, left.PairCount, edge, width);
                    for (var r = 0; r < height; r++)
                        new Span<int>(edge + (r * width), count).CopyTo(new(result + ((long)(row + r) * columns) + column, count));
                }
            }
        }
    }

    /// <summary>The sum of the products of two rows.</summary>
    public static int Dot(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        var (sums, i) = (Vector<int>.Zero, 0);
        for (; i <= left.Length - Vector<short>.Count; i += Vector<short>.Count)
            sums += PairSums(Vector.AsVectorInt32(new Vector<short>(left[i..])), Vector.AsVectorInt32(new Vector<short>(right[i..])));
        var sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Block(int* a, int* b, int pairs, int* c, int stride)
    {
        var width = Vector<int>.Count;
        Vector<int> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (var k = 0; k < pairs; k++, a += Rows, b += 2 * width)
        {
            var (b0, b1) = (Vector.Load(b), Vector.Load(b + width));
            var x = new Vector<int>(a[0]);
            c00 += PairSums(x, b0);
            c01 += PairSums(x, b1);
            x = new(a[1]);
            c10 += PairSums(x, b0);
            c11 += PairSums(x, b1);
            x = new(a[2]);
            c20 += PairSums(x, b0);
            c21 += PairSums(x, b1);
            x = new(a[3]);
            c30 += PairSums(x, b0);
            c31 += PairSums(x, b1);
            x = new(a[4]);
            c40 += PairSums(x, b0);
            c41 += PairSums(x, b1);
            x = new(a[5]);
            c50 += PairSums(x, b0);
            c51 += PairSums(x, b1);
        }
        Store(c, c00, c01);
        Store(c + stride, c10, c11);
        Store(c + (2L * stride), c20, c21);
        Store(c + (3L * stride), c30, c31);
        Store(c + (4L * stride), c40, c41);
        Store(c + (5L * stride), c50, c51);

        static void Store(int* to, Vector<int> first, Vector<int> second)
        {
            first.Store(to);
            second.Store(to + Vector<int>.Count);
        }
    }

    /// <summary>For each pair of 16-bit numbers the sum of their two products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<int> PairSums(Vector<int> left, Vector<int> right)
    {
        if (Vector<int>.Count == Vector256<int>.Count && Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(left.AsVector256().AsInt16(), right.AsVector256().AsInt16()).AsVector();
        if (Vector<int>.Count == Vector128<int>.Count && Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(left.AsVector128().AsInt16(), right.AsVector128().AsInt16()).AsVector();
        return (((left << 16) >> 16) * ((right << 16) >> 16)) + ((left >> 16) * (right >> 16));
    }
}
