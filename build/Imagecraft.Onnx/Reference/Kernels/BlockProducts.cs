// Matrix products by weights of a few bits in blocks. Unaware of how they were quantized.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>MatMulNBits of float activations with four or eight bits: weights are made floats once, and multiplied as floats.</summary>
/// <remarks>
/// Source: ONNX Runtime's contributed operators, version 1. Weights are bytes [columns, blocks, bytes of a block], the first of two in the low half; scales [columns, blocks]; zero points packed in the same way, a row for each
/// column, or the middle of the integers when they are left out.
/// </remarks>
static class BlockProducts
{
    public static Tensor Multiply(Call call)
    {
        if (call.Optional(4) is not null || call[0].Type != ElementType.Float || call.Integer("bits", 4) is not (4 or 8) || call.Integer("accuracy_level", 0) > 1)
            throw call.Bad("an order of groups, activations that are not float32, an accuracy level above 1, and other bits than 4 or 8 have no reference arithmetic");
        var product = Products.MatMul(call, call[0], call.Keep(1, () => Weights(call)), turnLeft: false, turnRight: true);
        if (call.Optional(5) is not { } bias)
            return product;
        var sum = Arithmetics.Of<Sum>(call, product, bias);
        call.Free(product);
        return sum;
    }

    /// <summary>[columns, depth]</summary>
    static Tensor Weights(Call call)
    {
        var (depth, columns, block, bits) = ((int)call.Integer("K", 0), (int)call.Integer("N", 0), (int)call.Integer("block_size", 0), (int)call.Integer("bits", 4));
        var (blocks, perByte, middle) = ((depth + block - 1) / block, 8 / bits, 1 << (bits - 1));
        var (packed, scales, zeros) = (call[1].Span<byte>().ToArray(), call[2].Floats(), call.Optional(3)?.Span<byte>().ToArray());
        var (bytes, zeroBytes) = (blocks * block / perByte, (blocks + perByte - 1) / perByte);
        var floats = new Tensor(ElementType.Float, [columns, depth], new(new byte[4 * columns * depth]));
        var values = floats.Span<float>();
        for (var column = 0; column < columns; column++)
            for (var k = 0; k < depth; k++)
            {
                var at = k / block;
                var zero = zeros is null ? middle : Unpacked(zeros, column * zeroBytes, at, bits);
                values[(column * depth) + k] = (Unpacked(packed, column * bytes, k, bits) - zero) * scales[(column * blocks) + at];
            }
        return floats;
    }

    static int Unpacked(byte[] packed, int from, int index, int bits) =>
        bits == 8 ? packed[from + index] : (packed[from + (index / 2)] >> (index % 2 * 4)) & 15;
}
