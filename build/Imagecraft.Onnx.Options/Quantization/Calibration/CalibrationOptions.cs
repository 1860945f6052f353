// How ranges of activations are chosen. Unaware of networks.

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>The three ways to choose a range.</summary>
public enum CalibrationMethod
{
    /// <summary>All values seen.</summary>
    MinMax,

    /// <summary>The clipping at which the quantized distribution diverges least from the one seen.</summary>
    Entropy,

    /// <summary>All but a share of the values at each end.</summary>
    Percentile,
}

/// <summary>Method and its setting.</summary>
public sealed record CalibrationOptions
{
    /// <summary>The method.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>For <see cref="CalibrationMethod.Percentile"/>: percent of the values below the upper end, and above the lower end; above 50, at most 100.</summary>
    public double Percentile { get; init; } = 99.99;
}
