// The two integer types of eight bits. Unaware of tensors.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

#pragma warning disable CA1720 // The names are those that ONNX and recipes use
/// <summary>Element type of a quantized tensor.</summary>
public enum QuantizedType
{
    /// <summary>0 to 255.</summary>
    UInt8,

    /// <summary>-128 to 127.</summary>
    Int8,
}
#pragma warning restore CA1720

/// <summary>Limits and ONNX types.</summary>
static class QuantizedTypes
{
    public static int Least(this QuantizedType type) => type == QuantizedType.UInt8 ? 0 : -128;

    public static int Largest(this QuantizedType type) => type == QuantizedType.UInt8 ? 255 : 127;

    /// <summary>The integer that stands for zero when values are symmetric around it.</summary>
    public static int Middle(this QuantizedType type) => type == QuantizedType.UInt8 ? 128 : 0;

    public static ElementType Element(this QuantizedType type) => type == QuantizedType.UInt8 ? ElementType.Uint8 : ElementType.Int8;
}
