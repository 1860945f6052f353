// Exact sums of products of 16-bit numbers. Unaware of tensors.

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>Rows of numbers that are padded with zeros to a multiple of <see cref="Step"/>. Sums are of 32 bits and wrap.</summary>
internal static unsafe class Dot
{
    /// <summary>How many numbers are taken at a time.</summary>
    public const int Step = 16;

    /// <summary>A row's length with its pads.</summary>
    public static int Padded(int depth) => checked((depth + Step - 1) / Step * Step);

    /// <summary>The products of one row with four others.</summary>
    /// <param name="row">The row.</param>
    /// <param name="others">The first of the four, which lie one after the other.</param>
    /// <param name="depth">Length of each, with pads.</param>
    public static Vector128<int> Four(short* row, short* others, int depth)
    {
        var (a, b, c, d) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        for (var i = 0; i < depth; i += Step)
        {
            var own = Vector256.Load(row + i);
            a += Pairs(own, Vector256.Load(others + i));
            b += Pairs(own, Vector256.Load(others + depth + i));
            c += Pairs(own, Vector256.Load(others + (2 * (nint)depth) + i));
            d += Pairs(own, Vector256.Load(others + (3 * (nint)depth) + i));
        }

        return Vector128.Create(Vector256.Sum(a), Vector256.Sum(b), Vector256.Sum(c), Vector256.Sum(d));
    }

    /// <summary>The product of two rows.</summary>
    public static int One(short* row, short* other, int depth)
    {
        var sum = Vector256<int>.Zero;
        for (var i = 0; i < depth; i += Step)
            sum += Pairs(Vector256.Load(row + i), Vector256.Load(other + i));
        return Vector256.Sum(sum);
    }

    private static Vector256<int> Pairs(Vector256<short> left, Vector256<short> right)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(left, right);
        var (low, high) = Vector256.Widen(left);
        var (otherLow, otherHigh) = Vector256.Widen(right);
        return (low * otherLow) + (high * otherHigh);
    }
}
