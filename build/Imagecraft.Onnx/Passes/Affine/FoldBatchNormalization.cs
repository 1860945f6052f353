// Folds batch normalization into the operator before it. Unaware of how weights take it up.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Affine;

/// <summary>
/// Gives <c>Conv</c>, <c>ConvTranspose</c>, <c>Gemm</c> and <c>MatMul</c> with a bias the weights that make a <c>BatchNormalization</c> behind them needless. Assumes that constants are initializers (<see cref="FoldConstants"/>);
/// keeps it where anything else reads the value between, or parameters are not constant floats.
/// </summary>
public sealed class FoldBatchNormalization : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fold-batch-normalization";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.TopologicalOrder())
        {
            if (!node.Is("BatchNormalization") || LinearNode.Behind(index, node.InputAt(0)) is not { HasBias: true, Axis: 1 } linear || ChannelAffine.OfBatchNormalization(index, node, linear.Channels) is not { } affine)
                continue;
            if (index.TryBypass(node, affine.Input))
                linear.Fold(affine);
        }
        index.Finish();
        return model;
    }
}
