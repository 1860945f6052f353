// Makes one transposition of two in a row, and none of two that cancel. Unaware of all other operators.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>Lets a <c>Transpose</c> of a <c>Transpose</c> read the first one's input in the order of both; where that is the order as it was, the second goes too. Assumes nothing; the first stays while others read it.</summary>
public sealed class MergeTransposes : IModelPass
{
    /// <inheritdoc/>
    public string Name => "merge-transposes";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file) => NodePairs.Merge(model, file, ["Transpose"], (index, first, second) =>
    {
        if (Order(index, first) is not { } inner || Order(index, second, inner.Length) is not { } outer || inner.Length != outer.Length)
            return PairFate.Kept;
        ImmutableArray<long> both = [.. outer.Select(axis => inner[(int)axis])];
        second.With("perm", both);
        return both.Select((from, to) => from == to).All(kept => kept) ? PairFate.Cancelled : PairFate.Merged;
    });

    /// <summary>The permutation, which by default is the reverse; null when it is none or the rank is not known.</summary>
    static ImmutableArray<long>? Order(GraphIndex index, NodeProto node, int? rank = null)
    {
        var order = node.GetIntegers("perm") ?? ((rank ?? index.ShapeOf(node.Input[0])?.Length) is { } known ? [.. Enumerable.Range(0, known).Reverse()] : null);
        return order is { } found && found.Order().Select((axis, i) => axis == i).All(right => right) ? order : null;
    }
}
