// Makes constants of inputs that have a default. Unaware of what the model computes.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Files of the old form list each initializer among the inputs too, where a caller could override it; nobody here does, and ONNX Runtime folds nothing
/// that could be overridden. Assumes nothing; keeps all other inputs.
/// </summary>
public sealed class FreezeInitializers : IModelPass
{
    /// <summary>From this version of the format on, initializers need not be inputs.</summary>
    const long FreeInitializers = 4;

    /// <inheritdoc/>
    public string Name => "freeze-initializers";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var kept = OnnxFile.Inputs(model).ToList();
        if (kept.Count == model.Graph.Input.Count)
            return model;
        model.Graph.Input.Clear();
        model.Graph.Input.AddRange(kept);
        model.IrVersion = Math.Max(model.IrVersion, FreeInitializers);
        return model;
    }
}
