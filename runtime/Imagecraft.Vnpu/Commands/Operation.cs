// What the device computes. Unaware of how a command lies in memory.

namespace Imagecraft.Vnpu.Commands;

/// <summary>Number of an operation; a firmware says which of them the device runs.</summary>
public enum Operation : ushort
{
    /// <summary>Nothing; no command may have it, so memory that was never written is none.</summary>
    None = 0,

    /// <summary>Copies bytes.</summary>
    Copy = 1,

    /// <summary>Writes a number of 64 bits after all commands before it.</summary>
    Fence = 2,

    /// <summary>Two-dimensional convolution, as ONNX's QLinearConv.</summary>
    Convolve = 16,

    /// <summary>Product of two matrices, as ONNX's QLinearMatMul.</summary>
    Multiply = 17,

    /// <summary>Sum of two tensors of one shape, as ONNX Runtime's QLinearAdd.</summary>
    Add = 18,

    /// <summary>Means of windows, as ONNX Runtime's QLinearAveragePool.</summary>
    AveragePool = 19,

    /// <summary>Largest elements of windows, as ONNX's MaxPool.</summary>
    MaximumPool = 20,

    /// <summary>Limits elements to a range: Clip, Relu.</summary>
    Clamp = 21,

    /// <summary>Product of a tensor with one element for each run of it, as ONNX Runtime's QLinearMul.</summary>
    Scale = 22,
}

/// <summary>Signs of the operands' bytes, and how means are formed.</summary>
[Flags]
public enum CommandFlags : ushort
{
    /// <summary>All operands are without a sign.</summary>
    None = 0,

    /// <summary>The input's bytes have a sign.</summary>
    SignedInput = 1,

    /// <summary>The second operand's bytes have a sign.</summary>
    SignedSecond = 2,

    /// <summary>The output's bytes have a sign.</summary>
    SignedOutput = 4,

    /// <summary>Means of windows count pads as elements.</summary>
    CountPads = 8,
}
