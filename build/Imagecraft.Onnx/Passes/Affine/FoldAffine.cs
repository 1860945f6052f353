// Folds factors and summands of channels into the operator before them. Unaware of how weights take them up.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Affine;

/// <summary>
/// Gives <c>Conv</c>, <c>ConvTranspose</c>, <c>Gemm</c> and <c>MatMul</c> the weights that make a <c>Mul</c>, <c>Div</c>, <c>Add</c> or <c>Sub</c> with a constant for each channel needless.
/// Assumes that constants are initializers (<see cref="FoldConstants"/>); keeps the bias of a <c>MatMul</c>, which has no place in it, and nodes whose constant varies within a channel.
/// </summary>
public sealed class FoldAffine : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fold-affine";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder())
        {
            for (var side = 0; side < node.Input.Count && index.Contains(node); side++)
            {
                if (!node.Is("Mul", "Div", "Add", "Sub") || LinearNode.Behind(index, node.Input[side]) is not { } linear)
                    continue;
                var affine = ChannelAffine.OfArithmetic(index, node, linear.Channels, linear.Rank, linear.Axis);
                if (affine is not null && affine.Input == node.Input[side] && (linear.HasBias || Array.TrueForAll(affine.Shift, value => value == 0)) && index.TryBypass(node, affine.Input))
                    linear.Fold(affine);
            }
        }
        index.Finish();
        return model;
    }
}
