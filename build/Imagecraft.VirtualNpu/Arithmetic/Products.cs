// Products of rows with rows, shared out among threads. Unaware of where rows come from.

using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu.Arithmetic;

/// <summary>Fetches rows as 16-bit numbers less their zero point, each padded with zeros to <see cref="Products.Depth"/>.</summary>
/// <param name="first">Number of the first.</param>
/// <param name="count">How many.</param>
/// <param name="to">Takes them, one after the other.</param>
internal unsafe delegate void RowSource(int first, int count, short* to);

/// <summary>One matrix of sums, whose every element becomes a byte.</summary>
internal unsafe sealed class Products
{
    private const int Tile = 64;

    /// <summary>Rows of the result.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of the result: rows of the right side, such as filters.</summary>
    public required int Columns { get; init; }

    /// <summary>Length of a row with its pads.</summary>
    public required int Depth { get; init; }

    /// <summary>From one row's byte to the next row's.</summary>
    public required int RowStep { get; init; }

    /// <summary>From one column's byte to the next column's.</summary>
    public required int ColumnStep { get; init; }

    /// <summary>Sums the products and stores bytes.</summary>
    /// <param name="left">The rows.</param>
    /// <param name="right">All columns as rows, padded.</param>
    /// <param name="parameters">For each column.</param>
    /// <param name="rounding">From sums to bytes.</param>
    /// <param name="output">The first byte.</param>
    /// <param name="workers">How many threads work at a time, and what stops them.</param>
    public void Run(RowSource left, short* right, ChannelParameters* parameters, Rounding rounding, byte* output, ParallelOptions workers) =>
        Parallel.For(0, (Rows + Tile - 1) / Tile, workers, tile =>
        {
            var (first, count) = (tile * Tile, Math.Min(Tile, Rows - (tile * Tile)));
            var rows = (short*)NativeMemory.AlignedAlloc((nuint)Tile * (nuint)Depth * sizeof(short), 64);
            try
            {
                left(first, count, rows);
                for (var column = 0; column < Columns; column += 4, workers.CancellationToken.ThrowIfCancellationRequested())
                    for (var row = 0; row < count; row++)
                        Store(rows + ((nint)row * Depth), right + ((nint)column * Depth), Math.Min(4, Columns - column), parameters + column, rounding, output + ((nint)(first + row) * RowStep) + ((nint)column * ColumnStep));
            }
            finally
            {
                NativeMemory.AlignedFree(rows);
            }
        });

    private void Store(short* row, short* columns, int count, ChannelParameters* parameters, in Rounding rounding, byte* to)
    {
        if (count == 4)
        {
            var sums = Dot.Four(row, columns, Depth);
            for (var i = 0; i < 4; i++)
                to[(nint)i * ColumnStep] = rounding.Of(sums[i], parameters[i]);
            return;
        }

        for (var i = 0; i < count; i++)
            to[(nint)i * ColumnStep] = rounding.Of(Dot.One(row, columns + ((nint)i * Depth), Depth), parameters[i]);
    }
}
