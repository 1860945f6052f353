// Skips what a reshape does before another reshape. Unaware of all other operators.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Lets a <c>Reshape</c> whose result has a stated fixed shape read what was before the chain of <c>Reshape</c>, <c>Flatten</c>, <c>Squeeze</c> and <c>Unsqueeze</c> before it. Assumes that stated shapes are true;
/// a reshape whose result is empty stays.
/// </summary>
public sealed class MergeReshapes : IModelPass
{
    /// <inheritdoc/>
    public string Name => "merge-reshapes";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file) => NodePairs.Merge(model, file, ["Reshape", "Flatten", "Squeeze", "Unsqueeze"], (index, _, second) =>
    {
        if (!index.TryStaticShape(second.Output[0], out var shape) || shape.Contains(0))
            return PairFate.Kept;
        if (!second.Is("Reshape"))
            (second.OpType, _) = ("Reshape", second.Without("axis").Without("axes"));
        index.SetInput(second, 1, index.Add(TensorData.Make<long>(index.FreshName($"{second.Output[0]}_shape"), shape, shape.Length)));
        return PairFate.Merged;
    });
}
