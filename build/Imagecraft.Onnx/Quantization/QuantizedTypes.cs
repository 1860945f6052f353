// What the two integer types of eight bits hold. Unaware of tensors.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Limits and ONNX types.</summary>
static class QuantizedTypes
{
    public static int Least(this QuantizedType type) => type == QuantizedType.UInt8 ? 0 : -128;

    public static int Largest(this QuantizedType type) => type == QuantizedType.UInt8 ? 255 : 127;

    /// <summary>The integer that stands for zero when values are symmetric around it.</summary>
    public static int Middle(this QuantizedType type) => type == QuantizedType.UInt8 ? 128 : 0;

    public static ElementType Element(this QuantizedType type) => type == QuantizedType.UInt8 ? ElementType.Uint8 : ElementType.Int8;
}
