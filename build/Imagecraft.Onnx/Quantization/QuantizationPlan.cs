// What is to be quantized. Unaware of ranges and integers.

using System.Collections.Immutable;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization;

/// <summary>A node that computes on integers.</summary>
/// <param name="Node">The node.</param>
/// <param name="Rule">Its line of the table.</param>
/// <param name="Activations">The values it reads that have integers, by their names in the float graph.</param>
/// <param name="Clamp">The clamp behind it that became part of it.</param>
sealed record PlannedNode(NodeProto Node, OperatorRule Rule, ImmutableArray<string> Activations, NodeProto? Clamp)
{
    /// <summary>The value that gets the pair; the first where there are several.</summary>
    public string Output => (Clamp ?? Node).Output[0];

    /// <summary>The values that get pairs.</summary>
    public IEnumerable<string> Outputs => Clamp is null ? Node.Output.Where(output => output.Length > 0) : [Output];
}

/// <summary>Which nodes are quantized, and which values have a pair of QuantizeLinear and DequantizeLinear.</summary>
/// <param name="Nodes">In topological order.</param>
/// <param name="Values">Values with a pair, constants among them, in order of appearance.</param>
/// <param name="Groups">Values that share parameters.</param>
/// <param name="Sources">Values whose ranges decide: those that no other value of their group gives.</param>
/// <param name="Tolerant">Values that only nodes with a constant bias read, through constant factors at most: a small constant that their integers lack can be part of the bias.</param>
sealed record QuantizationPlan(ImmutableArray<PlannedNode> Nodes, ImmutableArray<string> Values, ParameterGroups Groups, ImmutableArray<string> Sources, IReadOnlySet<string> Tolerant);
