// Takes the mean error of quantized weights out of a layer's bias. Unaware of graphs.

using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Rounded weights err by little each, but activations behind a <c>Relu</c> are never negative, so the errors of one output channel add up to a shift of all its values.
/// That shift is known from the means of the activations, and costs nothing when the bias takes it back.
/// </summary>
/// <remarks>
/// Source of the method: M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019), section 4.2; here with means seen in data.
/// At the rim, where padding has other means, it is not exact.
/// </remarks>
static class BiasCorrection
{
    /// <summary>What each channel's bias has to gain.</summary>
    /// <param name="weights">As in the float network.</param>
    /// <param name="quantized">The same as integers.</param>
    /// <param name="layout">Which channels they connect.</param>
    /// <param name="means">The mean of each channel of the input.</param>
    public static float[] Of(float[] weights, QuantizedWeights quantized, WeightLayout layout, float[] means)
    {
        var sums = new double[layout.Outputs];
        for (var i = 0; i < weights.Length; i++)
        {
            var output = layout.Output(i);
            sums[output] += ((double)weights[i] - quantized.Value(i, output)) * means[layout.Input(i)];
        }
        return Array.ConvertAll(sums, sum => (float)(sum / layout.Strides));
    }
}
