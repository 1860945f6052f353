// Folds batch normalization, and factors and summands of channels, into the operator before them. Unaware of how weights take them up.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Affine;

/// <summary>
/// Gives <c>Conv</c>, <c>ConvTranspose</c>, <c>Gemm</c> and <c>MatMul</c> the weights that make a <c>BatchNormalization</c>, or a <c>Mul</c>, <c>Div</c>, <c>Add</c> or <c>Sub</c> with a constant for each channel, needless, and so on
/// down a chain of them. Assumes that constants are initializers (<see cref="FoldConstants"/>); keeps the bias of a <c>MatMul</c>, which has no place in it, nodes whose constant varies within a channel or is no float,
/// and all behind a value that anything else reads.
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
            for (var side = 0; side < node.Input.Count && index.Contains(node); side++)
                Fold(index, node, node.Input[side]);
        index.Finish();
        return model;
    }

    static void Fold(GraphIndex index, NodeProto node, string input)
    {
        if (!node.Is("BatchNormalization", "Mul", "Div", "Add", "Sub") || LinearNode.Behind(index, input) is not { } linear)
            return;
        var affine = node.Is("BatchNormalization") && linear.Axis == 1 ? ChannelAffine.OfBatchNormalization(index, node, linear.Channels) : ChannelAffine.OfArithmetic(index, node, linear.Channels, linear.Rank, linear.Axis);
        if (affine is not null && affine.Input == input && (linear.HasBias || Array.TrueForAll(affine.Shift, value => value == 0)) && index.TryBypass(node, input))
            linear.Fold(affine);
    }
}
