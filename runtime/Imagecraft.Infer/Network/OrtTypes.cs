// Element types to ONNX Runtime's and back. Unaware of everything else.

using Imagecraft.Infer.Data;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Imagecraft.Infer.Network;

static class OrtTypes
{
    static readonly TensorElementType[] Ort =
    [
        TensorElementType.Float16, TensorElementType.Float, TensorElementType.Double, TensorElementType.Int8, TensorElementType.Int16, TensorElementType.Int32,
        TensorElementType.Int64, TensorElementType.UInt8, TensorElementType.UInt16, TensorElementType.UInt32, TensorElementType.UInt64, TensorElementType.Bool,
    ];

    public static TensorElementType ToOrt(ElementType type) => Ort[(int)type];

    public static ElementType FromOrt(TensorElementType type, string what)
    {
        var index = Array.IndexOf(Ort, type);
        return index >= 0 ? (ElementType)index : throw new InferException($"The type {type} of {what} is not supported, only {ElementTypes.All}");
    }
}
