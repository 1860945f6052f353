// Reads and writes ONNX files as protobuf messages. Unaware of passes.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx;

/// <summary>Bounds-checked access to <c>.onnx</c> files.</summary>
public static class OnnxFile
{
    /// <summary>Protobuf's own limit for one message: 2 GiB.</summary>
    const long MostBytes = int.MaxValue;

    /// <summary>Subgraphs nest in attributes; no real model comes near.</summary>
    const int MostNesting = 64;

    /// <summary>Reads a model; anything wrong with the file is an <see cref="OnnxException"/> that names it.</summary>
    public static ModelProto Read(string path) => Read(path, path);

    /// <summary>Reads the model at <paramref name="path"/>, which messages call <paramref name="shownAs"/>.</summary>
    public static ModelProto Read(string path, string shownAs)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new OnnxException($"The model `{shownAs}` does not exist");
        if (file.Length > MostBytes)
            throw new OnnxException($"The model `{shownAs}` has {file.Length} bytes, more than the {MostBytes} that one ONNX file may have");
        using var stream = file.OpenRead();
        return Read(stream, shownAs);
    }

    /// <summary>Reads a model from a stream; <paramref name="path"/> is for messages.</summary>
    public static ModelProto Read(Stream stream, string path)
    {
        ModelProto model;
        try
        {
            using var input = CodedInputStream.CreateWithLimits(stream, (int)MostBytes, MostNesting);
            model = ModelProto.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new OnnxException($"`{path}` is not an ONNX model or is damaged: {problem.Message}", problem);
        }
        var missing = model.Graph is null ? "a graph" : model.Graph.Node.Count == 0 ? "nodes" : model.Graph.Output.Count == 0 ? "outputs" : model.OpsetImport.Count == 0 ? "an operator set" : null;
        if (missing is not null)
            throw new OnnxException($"`{path}` is not an ONNX model or is damaged: it lacks {missing}");
        var problems = ModelCheck.Problems(model, path);
        return problems.Count == 0 ? model : throw new OnnxException($"`{path}` is not an ONNX model or is damaged: {string.Join("; ", problems)}");
    }

    /// <summary>Writes a model; the bytes depend on the model alone.</summary>
    public static void Write(ModelProto model, string path)
    {
        using var stream = File.Create(path);
        using var output = new CodedOutputStream(stream) { Deterministic = true };
        model.WriteTo(output);
    }

    /// <summary>Names of the inputs that a caller must give: those without an initializer of the same name.</summary>
    public static IEnumerable<ValueInfoProto> Inputs(ModelProto model)
    {
        var initial = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        return model.Graph.Input.Where(input => !initial.Contains(input.Name));
    }
}
