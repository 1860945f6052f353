// What a build wants of a network's numbers. Unaware of recipes' files.

namespace Imagecraft.Onnx.Quantization;

/// <summary>A way with its settings.</summary>
/// <param name="Method">The way.</param>
/// <param name="Options">Of static quantization; dynamic quantization heeds <see cref="QuantizationOptions.PerChannel"/> and <see cref="QuantizationOptions.Exclude"/>.</param>
/// <param name="FloatLayers">How many layers may fall back to float for the accuracy gate; of static quantization.</param>
public sealed record QuantizationSettings(QuantizationMethod Method, QuantizationOptions Options, int FloatLayers)
{
    /// <summary>Whether a gate that does not hold is an error; if not, the network with the most float layers is taken.</summary>
    public bool MustHold { get; init; } = true;
}
