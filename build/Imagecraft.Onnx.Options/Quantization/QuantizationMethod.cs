// How a network is made small. Unaware of networks.

namespace Imagecraft.Onnx.Quantization;

/// <summary>The ways to make a network small.</summary>
public enum QuantizationMethod
{
    /// <summary>INT8 with ranges of activations from calibration data.</summary>
    Static,

    /// <summary>INT8 weights; ranges of activations are found at run time.</summary>
    Dynamic,

    /// <summary>Weights of 16 bits, computation in float.</summary>
    Float16,

    /// <summary>The integers that the network was trained with, as its source has them.</summary>
    Taken,
}
