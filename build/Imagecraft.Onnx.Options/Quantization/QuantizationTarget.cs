// What quantized graphs are shaped for. Unaware of graphs.

namespace Imagecraft.Onnx.Quantization;

/// <summary>What the quantized graph is shaped for; both are standard ONNX and compute the same to a step of the integers.</summary>
public enum QuantizationTarget
{
    /// <summary>
    /// The integer kernels of ONNX Runtime's CPU provider: HardSwish and HardSigmoid are split into sums and products whose saturation clips, constant factors and summands become
    /// part of scales and zero points, matrix products that only float nodes read give float.
    /// </summary>
    OnnxRuntime,

    /// <summary>A compiler for an accelerator: each operator keeps its node between pairs, all inputs of a concatenation share parameters.</summary>
    Accelerator,
}
