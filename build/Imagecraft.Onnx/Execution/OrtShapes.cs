// Types and shapes that ONNX Runtime inferred, out of an `.ort` file. Unaware of who asks for them.
// Source: ort.fbs of ONNX Runtime (tables InferenceSession, Model, Graph, ValueInfo, TypeInfo, TensorTypeAndShape, Shape).

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Execution;

/// <summary>Here dimensions have 64 bits; in ONNX Runtime's interface for C# they have 32, in which 2^32 + 8 is 8.</summary>
static class OrtShapes
{
    const int SessionModel = 1, ModelGraph = 7, GraphValues = 1, ValueName = 0, ValueType = 2, TypeKind = 1, TypeValue = 2, TensorElement = 0, TensorShape = 1, ShapeDimensions = 0, DimensionValue = 0, ValueSort = 0, ValueSize = 1;

    /// <summary>The first of the union's kinds.</summary>
    const byte IsTensor = 1;

    const byte IsSize = 1;

    /// <summary>The tensors of the main graph by name. A free dimension is -1; the shape of a tensor of unknown rank is null.</summary>
    public static Dictionary<string, (ElementType Type, long[]? Shape)> Read(byte[] file)
    {
        var values = new Dictionary<string, (ElementType, long[]?)>(StringComparer.Ordinal);
        foreach (var value in FlatTable.Follow(file, 0).Child(SessionModel).Child(ModelGraph).Items(GraphValues))
            if (value.Has(ValueType) && value.Child(ValueType) is var type && type.Byte(TypeKind) == IsTensor && type.Child(TypeValue) is var tensor)
                values[value.Text(ValueName)] = ((ElementType)tensor.Int(TensorElement), tensor.Has(TensorShape) ? [.. tensor.Child(TensorShape).Items(ShapeDimensions).Select(Size)] : null);
        return values;
    }

    static long Size(FlatTable dimension) => dimension.Has(DimensionValue) && dimension.Child(DimensionValue) is var value && value.Byte(ValueSort) == IsSize ? value.Long(ValueSize) : -1;
}
