// A tensor in memory: type, shape, little-endian bytes. Unaware of where it came from.

using System.Buffers.Binary;

namespace Imagecraft.Infer.Data;

/// <summary>Elements in row-major order as little-endian bytes.</summary>
sealed record Tensor(ElementType Type, long[] Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Number of elements.</summary>
    public long Count => Bytes.Length / Type.Size();

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(ElementType type, long[] shape) => new(type, shape, new byte[Length(type, shape)]);

    /// <summary>Size in bytes of such a tensor; an error when it passes what one array holds.</summary>
    public static int Length(ElementType type, ReadOnlySpan<long> shape)
    {
        long length = type.Size();
        foreach (var dimension in shape)
        {
            if (dimension < 0 || (dimension > 0 && length > Array.MaxLength / dimension))
                throw new InferException($"A tensor of shape {Format(shape)} is larger than the {Array.MaxLength} bytes that are supported");
            length *= dimension;
        }
        return (int)length;
    }

    /// <summary>The <paramref name="index"/>th slice along the leading dimension.</summary>
    public Tensor Slice(long index)
    {
        var shape = Shape[1..];
        var length = Length(Type, shape);
        return new(Type, shape, Bytes.Slice(checked((int)(index * length)), length));
    }

    /// <summary>The element at a flat index as a double (exact but for 64-bit integers beyond 2^53).</summary>
    public double At(int index)
    {
        var bytes = Bytes.Span[(index * Type.Size())..];
        return Type switch
        {
            ElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ElementType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ElementType.Int8 => (sbyte)bytes[0],
            ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            ElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            _ => bytes[0],
        };
    }

    /// <summary>The absolute difference of the elements at a flat index of two tensors of one type; null when one is a finite number and the other is not, or both are infinities of other signs.</summary>
    public double? Difference(Tensor other, int index)
    {
        var (left, right) = (At(index), other.At(index));
        if (left.Equals(right))
            return Type is ElementType.Int64 or ElementType.UInt64 ? (double)Int128.Abs(Wide(index) - other.Wide(index)) : 0;
        return double.IsFinite(left) && double.IsFinite(right) ? Math.Abs(left - right) : null;
    }

    /// <summary>A 64-bit element without rounding.</summary>
    Int128 Wide(int index)
    {
        var bytes = Bytes.Span[(index * sizeof(long))..];
        return Type == ElementType.Int64 ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A shape as people write it, e.g. <c>[1, 512]</c>; a free dimension is <c>?</c>.</summary>
    public static string Format(ReadOnlySpan<long> shape)
    {
        var words = new string[shape.Length];
        for (var i = 0; i < shape.Length; i++)
            words[i] = shape[i] < 0 ? "?" : shape[i].ToString();
        return $"[{string.Join(", ", words)}]";
    }
}
