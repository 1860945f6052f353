// Refuses operators of domains that nobody here knows, before ONNX Runtime does so without a name. Unaware of what operators compute.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>A node of a custom domain needs a library of its own on the board and on the build host. Changes nothing; assumes that functions of the model are inlined (<see cref="InlineFunctions"/>).</summary>
public sealed class RefuseForeign : IModelPass
{
    const int MostNamed = 10;

    /// <summary>The standard operators, those for classical models, and ONNX Runtime's own.</summary>
    static readonly ImmutableArray<string> Known = ["", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc"];

    /// <inheritdoc/>
    public string Name => "refuse-foreign";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var foreign = model.Graph.AllNodes().Where(node => !Known.Contains(node.Domain)).ToList();
        if (foreign.Count == 0)
            return model;
        var named = string.Join("; ", foreign.Take(MostNamed).Select(node => $"{node.Display()} of `{node.Domain}`"));
        throw new OnnxException($"`{file}` has operators that neither ONNX nor ONNX Runtime defines: [{named}{(foreign.Count > MostNamed ? $"; and {foreign.Count - MostNamed} more" : "")}]; export it with standard operators, or with these as functions of the model");
    }
}
