// What is wanted of a quantization. Unaware of recipes' files and of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Settings of static INT8 quantization. The default is what ONNX Runtime's CPU provider runs fastest on x86-64 and loses least.</summary>
public sealed record QuantizationOptions
{
    /// <summary>How ranges of activations are found.</summary>
    public CalibrationOptions Calibration { get; init; } = new();

    /// <summary>Type of activations. ONNX Runtime on x86-64 fuses uint8 only.</summary>
    public QuantizedType ActivationType { get; init; } = QuantizedType.UInt8;

    /// <summary>Whether zero lies in the middle of the integers of activations.</summary>
    public bool SymmetricActivations { get; init; }

    /// <summary>Type of weights.</summary>
    public QuantizedType WeightType { get; init; } = QuantizedType.Int8;

    /// <summary>A scale for each output channel of weights, or one for all.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>Whether biases take back the mean error of the rounded weights.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Whether weights are rounded up or down so that a layer's outputs err least on the calibration data, instead of to the nearest; of static quantization.</summary>
    public bool AdaptiveRounding { get; init; }

    /// <summary>Whether inner values of the result get short names, and nodes none; what an accelerator compiles keeps its names all the same.</summary>
    public bool Compact { get; init; } = true;

    /// <summary>Seven bits for weights: for x86-64 processors without VNNI, whose 16-bit sums of uint8 times int8 would saturate.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>Whether what runs the network computes in float, too. If not, the last product gives integers, whoever reads them.</summary>
    public bool TakesFloat { get; init; } = true;

    /// <summary>Bits of a weight, 4 or 8; of weight-only quantization.</summary>
    public int WeightBits { get; init; } = 4;

    /// <summary>Weights that share a scale, along the inner dimension: a power of two from 16 on; of weight-only quantization.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Who runs the result.</summary>
    public QuantizationTarget Target { get; init; } = QuantizationTarget.OnnxRuntime;

    /// <summary>Kinds of nodes that may be quantized; null for all that can be.</summary>
    public ImmutableSortedSet<string>? Operators { get; init; }

    /// <summary>Names and kinds of matrix products and recurrent layers whose ranges are found at run time; of static quantization.</summary>
    public ImmutableSortedSet<string> Dynamic { get; init; } = [];

    /// <summary>Names of nodes and kinds of nodes that stay float.</summary>
    public ImmutableSortedSet<string> Exclude { get; init; } = [];
}
