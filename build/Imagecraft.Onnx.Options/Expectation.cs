// A condition on what a network says of a sample. Unaware of samples.

namespace Imagecraft.Onnx;

/// <summary>The mean over all frames of a sample's first output must lie within the limits.</summary>
/// <param name="Sample">Name of the sample.</param>
/// <param name="Min">Least mean, or null.</param>
/// <param name="Max">Largest mean, or null.</param>
public sealed record Expectation(string Sample, double? Min, double? Max);
