// How the inputs of a product vary together. Unaware of graphs and of weights.

using System.Numerics.Tensors;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// The sum of the products of each two inputs, over rows of inputs as sample data have them. What an error of weights does to the outputs follows from it alone.
/// Sums run one row after the other in double precision, so they are the same on every processor.
/// </summary>
/// <param name="size">Inputs of a row.</param>
sealed class InputProducts(int size)
{
    /// <summary>More inputs take too long; their weights are rounded to the nearest.</summary>
    public const int MostInputs = 4096;

    /// <summary>Bytes that sums may hold at a time.</summary>
    public const long Budget = 512 << 20;

    readonly double[] sums = new double[size * size];
    readonly double[] totals = new double[size];
    readonly double[] row = new double[size];
    long count;

    /// <summary>Inputs of a row.</summary>
    public int Size => size;

    /// <summary>Memory that it takes.</summary>
    public long Bytes => BytesOf(size);

    /// <summary>The sums, of which the upper half is filled; whoever takes them may change them.</summary>
    public double[] Sums => sums;

    /// <summary>Memory that the sums of so many inputs take.</summary>
    public static long BytesOf(int inputs) => (long)inputs * inputs * sizeof(double);

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<float> inputs)
    {
        TensorPrimitives.ConvertTruncating(inputs, row);
        TensorPrimitives.Add<double>(totals, row, totals);
        for (var i = 0; i < size; i++)
            if (row[i] != 0)
            {
                var own = sums.AsSpan((i * size) + i, size - i);
                TensorPrimitives.MultiplyAdd(row.AsSpan(i), row[i], own, own);
            }
        count++;
    }

    /// <summary>Takes the means of the inputs out of the sums: what is left is how they vary around them.</summary>
    public void Center()
    {
        if (count == 0)
            return;
        for (var i = 0; i < size; i++)
        {
            var own = sums.AsSpan((i * size) + i, size - i);
            TensorPrimitives.MultiplyAdd(totals.AsSpan(i), -totals[i] / count, own, own);
        }
        Array.Clear(totals);
    }
}
