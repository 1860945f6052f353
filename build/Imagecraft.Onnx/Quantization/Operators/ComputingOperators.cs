// Operators on activations alone. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Sums, products, averages and activation functions.</summary>
static class ComputingOperators
{
    /// <summary>No value that a network computes with, but what masks are filled with.</summary>
    const float MostFilling = 5000;

    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("Add", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true },
        new("Mul", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true },
        new("MatMul", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true, Accepts = (node, index) => index.Constant(node.Input[0]) is null && index.Constant(node.Input[1]) is null },
        new("AveragePool", OperatorFamily.Computing),
        new("GlobalAveragePool", OperatorFamily.Computing),
        new("LeakyRelu", OperatorFamily.Computing),
        new("PRelu", OperatorFamily.Computing) { Activations = _ => [0, 1], HasIntegerKernel = false },
        new("HardSwish", OperatorFamily.Computing),
        new("HardSigmoid", OperatorFamily.Computing) { OutputRange = new(0, 1) },
        new("Sigmoid", OperatorFamily.Computing) { OutputRange = new(0, 1) },
        new("Softmax", OperatorFamily.Computing) { OutputRange = new(0, 1), ScalesByWhole = true },
        new("Where", OperatorFamily.Computing) { Activations = _ => [1, 2], Accepts = (node, index) => IsModest(node.InputAt(1), index) && IsModest(node.InputAt(2), index) },
        // ONNX Runtime has no kernels of integers for what follows.
        new("Sub", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true, HasIntegerKernel = false },
        new("Div", OperatorFamily.Computing) { Activations = _ => [0, 1], Accepts = (node, index) => KeepsFromZero(node.Input[1], index), HasIntegerKernel = false },
        new("Max", OperatorFamily.Computing) { Activations = node => Enumerable.Range(0, node.Input.Count), HasIntegerKernel = false },
        new("Min", OperatorFamily.Computing) { Activations = node => Enumerable.Range(0, node.Input.Count), HasIntegerKernel = false },
        new("ReduceMean", OperatorFamily.Computing) { HasIntegerKernel = false },
        new("Tanh", OperatorFamily.Computing) { OutputRange = new(-1, 1), HasIntegerKernel = false },
        new("Erf", OperatorFamily.Computing) { OutputRange = new(-1, 1), HasIntegerKernel = false },
        new("Gelu", OperatorFamily.Computing) { HasIntegerKernel = false },
        new("LayerNormalization", OperatorFamily.Computing) { Accepts = (node, _) => node.Output.Count == 1, HasIntegerKernel = false },
        new("InstanceNormalization", OperatorFamily.Computing) { HasIntegerKernel = false },
    ];

    /// <summary>Whether a value is no constant that hides others: minus infinity before a Softmax, or what comes near it, would take all steps of the integers.</summary>
    static bool IsModest(string value, GraphIndex index) =>
        index.Constant(value) is not { } constant || (constant.DataType == (int)Protos.TensorProto.Types.DataType.Float && Array.TrueForAll(TensorData.ReadFloats(constant), number => Math.Abs(number) < MostFilling));

    /// <summary>Whether integers of a divisor, whose range always has zero in it, never stand for zero.</summary>
    static bool KeepsFromZero(string divisor, GraphIndex index)
    {
        if (index.Constant(divisor) is not { DataType: (int)Protos.TensorProto.Types.DataType.Float } constant)
            return false;
        var sizes = Array.ConvertAll(TensorData.ReadFloats(constant), Math.Abs);
        return sizes.Length > 0 && sizes.Min() * 100 > sizes.Max();
    }
}
