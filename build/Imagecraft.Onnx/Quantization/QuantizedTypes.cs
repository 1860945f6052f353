// What the integer types hold. Unaware of tensors.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Limits and ONNX types.</summary>
static class QuantizedTypes
{
    public static int Least(this QuantizedType type) => type switch { QuantizedType.Int8 => -128, QuantizedType.Int16 => short.MinValue, _ => 0 };

    public static int Largest(this QuantizedType type) => type switch { QuantizedType.UInt8 => 255, QuantizedType.Int8 => 127, QuantizedType.UInt16 => ushort.MaxValue, _ => short.MaxValue };

    /// <summary>The integer that stands for zero when values are symmetric around it.</summary>
    public static int Middle(this QuantizedType type) => type switch { QuantizedType.UInt8 => 128, QuantizedType.UInt16 => 32768, _ => 0 };

    public static ElementType Element(this QuantizedType type) => type switch
    {
        QuantizedType.UInt8 => ElementType.Uint8,
        QuantizedType.Int8 => ElementType.Int8,
        QuantizedType.UInt16 => ElementType.Uint16,
        _ => ElementType.Int16,
    };

    public static bool IsWide(this QuantizedType type) => type is QuantizedType.UInt16 or QuantizedType.Int16;

    /// <summary>Integers as they are stored.</summary>
    public static byte[] Bytes(this QuantizedType type, IEnumerable<int> integers) =>
        [.. integers.SelectMany(integer => type.IsWide() ? [unchecked((byte)integer), unchecked((byte)(integer >> 8))] : new[] { unchecked((byte)integer) })];
}
