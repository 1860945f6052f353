// Raises a model of operator set 6 to what ONNX Runtime runs at all. Unaware of later operator sets.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes.Opsets;

/// <summary>ONNX Runtime begins with operator set 7, so a model of the one before can be neither inferred nor run as it is. Assumes stated ranks where a second input is laid along an axis of the first.</summary>
public sealed class RaiseOldest : IModelPass
{
    const long Old = 6, Raised = 7;

    /// <inheritdoc/>
    public string Name => "raise-oldest";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        if (model.OpsetImport.FirstOrDefault(opset => opset.Domain is "" or "ai.onnx") is not { } standard || standard.Version >= Raised)
            return model;
        var problems = new List<string>();
        if (standard.Version == Old)
            UpgradeOpset.Upgrade(model.Graph, Old, Raised, file, problems);
        else
            problems.Add($"`{file}` is of operator set {standard.Version}, and there are rules from {Old} on");
        if (problems.Count > 0)
            throw new OnnxException($"`{file}` cannot be raised from operator set {standard.Version} to {Raised}, the first that ONNX Runtime runs: {string.Join("; ", problems)}; export it with operator set {UpgradeOpset.Target}");
        standard.Version = Raised;
        return model;
    }
}
