// The integer types of eight and sixteen bits. Unaware of tensors.

namespace Imagecraft.Onnx.Quantization;

#pragma warning disable CA1720 // The names are those that ONNX and recipes use
/// <summary>Element type of a quantized tensor.</summary>
public enum QuantizedType
{
    /// <summary>0 to 255.</summary>
    UInt8,

    /// <summary>-128 to 127.</summary>
    Int8,

    /// <summary>0 to 65535; of activations, for accelerators.</summary>
    UInt16,

    /// <summary>-32768 to 32767; of activations, for accelerators.</summary>
    Int16,
}
#pragma warning restore CA1720
