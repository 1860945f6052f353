// Which activations belong to the linear operator before them. Changes nothing; unaware of quantization.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>A linear operator whose output only the activation reads, so that both can run as one.</summary>
/// <param name="Linear">A <c>Conv</c>, <c>ConvTranspose</c>, <c>Gemm</c>, <c>MatMul</c>, or the <c>Add</c> of its bias or of a residual.</param>
/// <param name="Activation">What follows.</param>
/// <param name="Saturates">
/// The activation only cuts values off (<c>Relu</c>, <c>Clip</c> with constant limits), so the range of a quantized output does its work and the value between needs no parameters of its own.
/// </param>
public sealed record FusedActivation(NodeProto Linear, NodeProto Activation, bool Saturates);

/// <summary>Finds pairs.</summary>
public static class FusedActivations
{
    /// <summary>All pairs of a graph, in topological order.</summary>
    public static ImmutableArray<FusedActivation> Find(GraphIndex index) =>
    [
        .. index.TopologicalOrder()
            .Where(node => node.Is("Conv", "ConvTranspose", "Gemm", "MatMul", "Add") && node.Output.Count == 1)
            .Select(node => (Linear: node, Activation: index.OnlyConsumer(node.Output[0])))
            .Where(pair => pair.Activation is { } activation && activation.InputAt(0) == pair.Linear.Output[0] && (Saturates(index, activation) || activation.Is("Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "LeakyRelu", "Elu")))
            .Select(pair => new FusedActivation(pair.Linear, pair.Activation!, Saturates(index, pair.Activation!))),
    ];

    static bool Saturates(GraphIndex index, NodeProto node) =>
        node.Is("Relu") || (node.Is("Clip") && node.Input.Skip(1).All(limit => limit.Length == 0 || index.Constant(limit) is not null));
}
