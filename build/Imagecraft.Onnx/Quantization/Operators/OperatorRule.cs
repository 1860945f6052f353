// What the quantizer must know of one kind of node. Unaware of networks.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>How a kind of node takes part in quantization.</summary>
enum OperatorFamily
{
    /// <summary>Constant weights and an optional bias: quantized wherever it stands; the others follow it.</summary>
    Weighted,

    /// <summary>Computes on activations and makes values of a range of their own.</summary>
    Computing,

    /// <summary>Limits values: becomes part of the node before it, whose saturation does the same.</summary>
    Clamping,

    /// <summary>Moves or selects values: input and output share their parameters.</summary>
    PassingThrough,

    /// <summary>Multiplies by a positive constant or adds one: the same integers with another scale or zero point.</summary>
    Affine,
}

/// <summary>One line of the table of operators.</summary>
/// <param name="Kind">The standard operator.</param>
/// <param name="Family">Its part in quantization.</param>
sealed record OperatorRule(string Kind, OperatorFamily Family)
{
    /// <summary>Which inputs are activations.</summary>
    public Func<NodeProto, IEnumerable<int>> Activations { get; init; } = _ => [0];

    /// <summary>Whether a node is of the form that this rule is for.</summary>
    public Func<NodeProto, GraphIndex, bool> Accepts { get; init; } = (_, _) => true;

    /// <summary>Position of the weights.</summary>
    public int Weights { get; init; } = 1;

    /// <summary>Position of the bias, or null where there never is one.</summary>
    public int? Bias { get; init; }

    /// <summary>Axis of the output channels within the weights; null when they have one scale only.</summary>
    public Func<NodeProto, TensorProto, int?> ChannelAxis { get; init; } = (_, _) => 0;

    /// <summary>Which channels the weights connect; null where there never is a bias.</summary>
    public Func<NodeProto, IReadOnlyList<long>, WeightLayout>? Layout { get; init; }

    /// <summary>The range of the output where the operator's definition gives it.</summary>
    public ValueRange? OutputRange { get; init; }

    /// <summary>Whether the output's range is measured within <see cref="OutputRange"/>, and its scale is one by a whole number: ONNX Runtime's Softmax multiplies by the whole part of the scale's reciprocal.</summary>
    public bool ScalesByWhole { get; init; }

    /// <summary>For <see cref="OperatorFamily.Clamping"/>: the limits; infinite where there is none.</summary>
    public Func<NodeProto, GraphIndex, ValueRange> Limits { get; init; } = (_, _) => new(float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>For <see cref="OperatorFamily.Affine"/>: the factor, and what is added to the product.</summary>
    public Func<NodeProto, GraphIndex, (float Factor, float Offset)> Map { get; init; } = (_, _) => (1, 0);

    /// <summary>Whether ONNX Runtime's CPU provider computes it on integers, and no slower than on floats. What it does not, it dequantizes for, and the weights again at every run.</summary>
    public bool HasIntegerKernel { get; init; } = true;

    /// <summary>Whether a clamp behind it becomes part of it.</summary>
    public bool TakesClamp { get; init; }
}
