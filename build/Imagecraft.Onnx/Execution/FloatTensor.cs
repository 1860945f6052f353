// A float tensor in memory, and the ports it goes through. Unaware of ONNX Runtime's sessions.

using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Execution;

/// <summary>Values in row-major order.</summary>
/// <param name="Shape">Sizes of the dimensions.</param>
/// <param name="Values">As many as the product of the sizes.</param>
public sealed record FloatTensor(long[] Shape, float[] Values)
{
    /// <summary>Zeros of a shape.</summary>
    public static FloatTensor Zeros(long[] shape) => new(shape, new float[shape.Aggregate(1L, (product, size) => checked(product * size))]);

    /// <summary>At most that many along the first dimension.</summary>
    public FloatTensor First(int count) => Shape[0] <= count ? this : new([count, .. Shape[1..]], Values[..(int)(Values.Length / Shape[0] * count)]);

    /// <summary>Largest absolute difference of two tensors of one shape; infinite when shapes differ or one value of a pair is not a number.</summary>
    public double Deviation(FloatTensor other)
    {
        if (!Shape.AsSpan().SequenceEqual(other.Shape))
            return double.PositiveInfinity;
        var largest = 0.0;
        for (var i = 0; i < Values.Length; i++)
        {
            if (Values[i].Equals(other.Values[i]))
                continue;
            var difference = Math.Abs((double)Values[i] - other.Values[i]);
            largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }
        return largest;
    }
}

/// <summary>Name, element type and shape of an input or output; a free dimension is -1, unless the network tells its usual size.</summary>
public sealed record TensorPort(string Name, string Type, long[] Shape)
{
    /// <summary>Axes of <see cref="Shape"/> that have their usual size, and may have others.</summary>
    public ImmutableArray<int> FreeAxes { get; init; } = [];

    /// <summary>The inputs of one text that this one stands for, whose frames lie one behind the other in its own; usually none.</summary>
    public ImmutableArray<TensorPort> Parts { get; init; } = [];

    /// <summary>The type of the elements; undefined when it is no number type.</summary>
    public ElementType Element => Type switch
    {
        "float32" => ElementType.Float,
        "float64" => ElementType.Double,
        "uint8" or "int8" or "uint16" or "int16" or "uint32" or "int32" or "uint64" or "int64" or "float16" or "bool" => Enum.Parse<ElementType>(Type, ignoreCase: true),
        _ => ElementType.Undefined,
    };

    internal static TensorPort Of(string name, NodeMetadata metadata) => !metadata.IsTensor ? new(name, "no tensor", []) : new(
        name,
        metadata.ElementDataType switch
        {
            TensorElementType.Float => "float32",
            TensorElementType.Double => "float64",
            var other => other.ToString().ToLowerInvariant(),
        },
        [.. metadata.Dimensions.Select(dimension => (long)dimension)]);
}
