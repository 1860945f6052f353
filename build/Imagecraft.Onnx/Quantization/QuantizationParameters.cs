// Scale and zero point of a tensor. Unaware of graphs and of how ranges are found.

using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization;

/// <summary>The affine map <c>value = Scale * (integer - ZeroPoint)</c>, under which zero is exact.</summary>
/// <remarks>Source of the formulas: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018), section 2.1.</remarks>
/// <param name="Scale">Size of one step; positive.</param>
/// <param name="ZeroPoint">The integer that stands for zero, within the limits of <paramref name="Type"/>.</param>
/// <param name="Type">Type of the integers.</param>
public readonly record struct QuantizationParameters(float Scale, int ZeroPoint, QuantizedType Type)
{
    /// <summary>Below it, reciprocals of scales and products of two scales would leave the normal float range.</summary>
    const float LeastScale = 1e-18f;

    /// <summary>The least value that the integers can stand for.</summary>
    public double Least => (double)Scale * (Type.Least() - ZeroPoint);

    /// <summary>The largest value that the integers can stand for.</summary>
    public double Largest => (double)Scale * (Type.Largest() - ZeroPoint);

    /// <summary>
    /// Parameters that cover a range and zero. Symmetric ones use the same number of steps on both sides of zero.
    /// A range of nothing but zero gets a scale of 1.
    /// </summary>
    public static QuantizationParameters Cover(ValueRange range, QuantizedType type, bool symmetric)
    {
        var (least, largest) = (Math.Min(range.Least, 0.0), Math.Max(range.Largest, 0.0));
        if (symmetric)
            return new(Step(Math.Max(-least, largest) / (type.Largest() - type.Middle())), type.Middle(), type);
        var scale = Step((largest - least) / (type.Largest() - type.Least()));
        var zero = Math.Clamp((int)Math.Round(type.Least() - (least / scale), MidpointRounding.ToEven), type.Least(), type.Largest());
        return new(scale, zero, type);
    }

    /// <summary>
    /// The same with the next larger scale that is one by a whole number, to the last digit, and of which the float reciprocal is not below that number; a scale above one stays.
    /// </summary>
    public QuantizationParameters WithWholeReciprocal()
    {
        // 1/255 as a float has a reciprocal a little below 255.
        var whole = (float)Math.Floor((1 / (double)Scale) + 1e-3);
        if (whole < 1)
            return this;
        var scale = (float)(1 / (double)whole);
        while (MathF.Floor(1 / scale) < whole)
            scale = MathF.BitDecrement(scale);
        return this with { Scale = scale };
    }

    /// <summary>The nearest integer, ties to even, saturated: what <c>QuantizeLinear</c> computes.</summary>
    public int Quantize(float value) =>
        (int)Math.Clamp(Math.Round(value / Scale, MidpointRounding.ToEven) + ZeroPoint, Type.Least(), Type.Largest());

    /// <summary>What an integer stands for.</summary>
    public float Dequantize(int quantized) => Scale * (quantized - ZeroPoint);

    static float Step(double size) => size > 0 ? Math.Max((float)size, LeastScale) : 1;
}
