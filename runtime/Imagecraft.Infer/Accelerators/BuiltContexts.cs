// Finds what the build compiled of a network for an accelerator. Unaware of sessions.

using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Accelerators;

/// <summary>The network once more, with nodes that stand for compiled parts (<c>EPContext</c>), as <c>NAME_ctx.onnx</c> beside <c>NAME.onnx</c>; so ONNX Runtime calls such files.</summary>
static class BuiltContexts
{
    // Written by the build: the SHA-256 of the file that it was made of.
    const string MadeOf = "imagecraft.contexts.of";

    /// <summary>Its bytes, or why there are none that may be used; neither where no file is.</summary>
    /// <param name="path">The network.</param>
    /// <param name="bytes">Its content.</param>
    public static (byte[]? Bytes, string? Reason) Beside(string path, ReadOnlyMemory<byte> bytes)
    {
        var beside = Path.ChangeExtension(path, null) + "_ctx.onnx";
        if (Path.GetExtension(path) != ".onnx" || !File.Exists(beside))
            return (null, null);
        try
        {
            var contexts = Files.ReadAll(beside);
            return ModelHeader.Entry(contexts, MadeOf) == Convert.ToHexStringLower(Sha256.Of(bytes)) ? (contexts, null) : (null, $"`{beside}` is of another network");
        }
        catch (InferException problem)
        {
            return (null, problem.Message);
        }
    }
}
