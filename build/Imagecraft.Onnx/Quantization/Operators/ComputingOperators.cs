// Operators on activations alone. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;

namespace Imagecraft.Onnx.Quantization.Operators;

/// <summary>Sums, products, averages and activation functions.</summary>
static class ComputingOperators
{
    public static readonly ImmutableArray<OperatorRule> Rules =
    [
        new("Add", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true },
        new("Mul", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true },
        new("MatMul", OperatorFamily.Computing) { Activations = _ => [0, 1], TakesClamp = true, Accepts = (node, index) => index.Constant(node.Input[0]) is null && index.Constant(node.Input[1]) is null },
        new("AveragePool", OperatorFamily.Computing),
        new("GlobalAveragePool", OperatorFamily.Computing),
        new("LeakyRelu", OperatorFamily.Computing),
        new("HardSwish", OperatorFamily.Computing),
        new("HardSigmoid", OperatorFamily.Computing) { OutputRange = new(0, 1) },
        new("Sigmoid", OperatorFamily.Computing) { OutputRange = new(0, 1) },
        new("Softmax", OperatorFamily.Computing) { OutputRange = new(0, 1) },
    ];
}
