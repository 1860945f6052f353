// The range of an activation. Unaware of integers.

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>Least and largest value, both finite.</summary>
public readonly record struct ValueRange(float Least, float Largest)
{
    /// <summary>The smallest range that holds both.</summary>
    public ValueRange Union(ValueRange other) => new(Math.Min(Least, other.Least), Math.Max(Largest, other.Largest));
}
