// ONNX Runtime's own file format. Unaware of networks.

using Imagecraft.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>Makes and knows <c>.ort</c> files: FlatBuffers that are used in place, so that they load faster and in less memory than protobuf.</summary>
public static class OrtFile
{
    /// <summary>The file identifier of ONNX Runtime's schema (<c>ort.fbs</c>), behind the four bytes of the root's offset.</summary>
    static ReadOnlySpan<byte> Identifier => "ORTM"u8;

    /// <summary>Converts a network as it is; the same network gives the same bytes.</summary>
    /// <param name="onnxPath">The <c>.onnx</c> file.</param>
    /// <param name="ortPath">Where the <c>.ort</c> file is written.</param>
    /// <param name="shownAs">Names the network in messages.</param>
    public static void Convert(string onnxPath, string ortPath, string shownAs)
    {
        if (LargeNetwork.IsOne(onnxPath))
            throw new OnnxException($"`{shownAs}` is larger than a file in ONNX Runtime's own format can be; write `format: onnx`, whose data lie beside it");
        using var options = RuntimeSession.Options(GraphOptimizationLevel.ORT_DISABLE_ALL);
        options.OptimizedModelFilePath = ortPath;
        options.AddSessionConfigEntry("session.save_model_format", "ORT");
        RuntimeSession.Open(onnxPath, options, shownAs).Dispose();
        File.WriteAllBytes(ortPath, OrtHead.Sort(File.ReadAllBytes(ortPath)));
    }

    /// <summary>Whether the file is one.</summary>
    public static bool IsOne(string path)
    {
        Span<byte> head = stackalloc byte[8];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[4..].SequenceEqual(Identifier);
    }
}
