// The contract of model passes. Unaware of which passes exist.

using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>A change of a model that must not change what it computes for the inputs it keeps.</summary>
public interface IModelPass
{
    /// <summary>Name for messages and the model card.</summary>
    string Name { get; }

    /// <summary>The changed model; <paramref name="model"/> may be changed in place. <paramref name="file"/> is for messages.</summary>
    ModelProto Apply(ModelProto model, string file);
}
