// What a recipe wants of a quantization. Unaware of networks and of what runs them.

using System.Collections.Immutable;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Profiles;

/// <summary>What a recipe says of quantization; what it leaves open (null) the profile decides.</summary>
public sealed record QuantizationWishes
{
    /// <summary>How ranges are found.</summary>
    public CalibrationOptions Calibration { get; init; } = new();

    /// <summary>Type of activations.</summary>
    public QuantizedType? ActivationType { get; init; }

    /// <summary>Type of weights.</summary>
    public QuantizedType? WeightType { get; init; }

    /// <summary>Zero in the middle of the integers of activations.</summary>
    public bool? SymmetricActivations { get; init; }

    /// <summary>A scale for each channel.</summary>
    public bool? PerChannel { get; init; }

    /// <summary>Whether biases take back the mean error of the rounded weights.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Whether weights are rounded so that outputs err least on the calibration data; of static quantization.</summary>
    public bool AdaptiveRounding { get; init; }

    /// <summary>Whether inner values get short names, and nodes none.</summary>
    public bool Compact { get; init; } = true;

    /// <summary>Bits of a weight, 4 or 8; of weight-only quantization.</summary>
    public int WeightBits { get; init; } = 4;

    /// <summary>Weights that share a scale, along the inner dimension: a power of two from 16 on; of weight-only quantization.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Names and kinds of nodes whose ranges are found at run time; of static quantization.</summary>
    public ImmutableSortedSet<string> Dynamic { get; init; } = [];

    /// <summary>Names and kinds of nodes that stay float.</summary>
    public ImmutableSortedSet<string> Exclude { get; init; } = [];
}
