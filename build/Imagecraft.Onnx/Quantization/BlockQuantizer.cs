// Turns weights into integers of a few bits, in blocks with a scale each. Unaware of graphs.

namespace Imagecraft.Onnx.Quantization;

/// <summary>A matrix in blocks along its inner dimension.</summary>
/// <param name="Integers">[columns, blocks, bytes of a block]; of two in a byte the first is the low half.</param>
/// <param name="Scales">[columns, blocks]</param>
/// <param name="ZeroPoints">[columns, bytes of a column's blocks], packed as the integers; null where the middle of the integers is zero.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
public sealed record BlockedWeights(byte[] Integers, float[] Scales, byte[]? ZeroPoints, int BlockBytes);

/// <summary>Rounding to four or eight bits: each weight to the nearest, or so that those after it make up for what it leaves.</summary>
/// <remarks>Source of the layout: ONNX Runtime's contributed operator MatMulNBits, version 1.</remarks>
public static class BlockQuantizer
{
    /// <summary>Shares of a block's range that are tried for four bits: its ends, cut off, may leave finer steps to all others.</summary>
    static readonly double[] Shares = [1, 0.95, 0.9, 0.85, 0.8];

    /// <summary>Quantizes a matrix; a last block that is not full is filled with zeros.</summary>
    /// <param name="values">[rows, columns], finite.</param>
    /// <param name="rows">The inner dimension.</param>
    /// <param name="columns">Outputs.</param>
    /// <param name="bits">4, with a zero point for each block, or 8, symmetric.</param>
    /// <param name="block">Weights that share a scale.</param>
    /// <param name="feedback">What makes up for errors; null: nothing does.</param>
    internal static BlockedWeights Quantize(float[] values, int rows, int columns, int bits, int block, RoundingFeedback? feedback = null)
    {
        var (blocks, perByte) = ((rows + block - 1) / block, 8 / bits);
        var (bytes, zeroBytes) = (block / perByte, (blocks + perByte - 1) / perByte);
        var (integers, scales, zeros) = (new byte[columns * blocks * bytes], new float[columns * blocks], bits == 4 ? new byte[columns * zeroBytes] : null);
        var (weights, left) = (new float[block], new double[rows]);
        for (var column = 0; column < columns; column++)
        {
            for (var row = 0; row < rows; row++)
                left[row] = values[(row * columns) + column];
            for (var at = 0; at < blocks; at++)
            {
                for (var i = 0; i < block; i++)
                    weights[i] = (at * block) + i < rows ? (float)left[(at * block) + i] : 0;
                var (scale, zero) = bits == 4 ? Nibbles(weights) : (Scale(Array.ConvertAll(weights, Math.Abs).Max() / 127), 128);
                scales[(column * blocks) + at] = scale;
                if (zeros is not null)
                    zeros[(column * zeroBytes) + (at / 2)] |= (byte)(zero << (at % 2 * 4));
                for (var i = 0; i < block; i++)
                {
                    var row = (at * block) + i;
                    var integer = Quantize(row < rows ? (float)left[row] : 0, scale, zero, bits);
                    integers[(((column * blocks) + at) * bytes) + (i / perByte)] |= (byte)(integer << (perByte == 1 ? 0 : i % 2 * 4));
                    if (row < rows)
                        feedback?.Spread(left, row, left[row] - ((integer - zero) * (double)scale));
                }
            }
        }
        return new(integers, scales, zeros, bytes);
    }

    static int Quantize(float weight, float scale, int zero, int bits) => (int)Math.Clamp(Math.Round(weight / (double)scale, MidpointRounding.ToEven) + zero, 0, (1 << bits) - 1);

    /// <summary>The scale and zero point of the least squared error.</summary>
    static (float Scale, int Zero) Nibbles(float[] weights)
    {
        var (least, largest, best, lowest) = (Math.Min(weights.Min(), 0), Math.Max(weights.Max(), 0), (1f, 8), double.PositiveInfinity);
        if (least == largest)
            return best;
        foreach (var share in Shares)
        {
            var scale = Scale(share * ((double)largest - least) / 15);
            var zero = (int)Math.Clamp(Math.Round(-least * share / scale), 0, 15);
            var error = weights.Sum(weight => Math.Pow(weight - (((double)Quantize(weight, scale, zero, 4) - zero) * scale), 2));
            if (error < lowest)
                (best, lowest) = ((scale, zero), error);
        }
        return best;
    }

    static float Scale(double size) => (float)size >= 1e-30f ? (float)size : 1;
}
