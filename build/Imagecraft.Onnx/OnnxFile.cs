// Reads and writes networks: protobuf messages, with values in other files where they are too many. Unaware of passes.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx;

/// <summary>Bounds-checked access to <c>.onnx</c> files.</summary>
public static class OnnxFile
{
    /// <summary>Protobuf's own limit for one message: 2 GiB.</summary>
    const long MostBytes = int.MaxValue;

    /// <summary>Of the values of a network that is one message; the rest of that has place below <see cref="MostBytes"/>.</summary>
    const long MostInside = 2_000_000_000;

    /// <summary>Lets a test see in small what happens beyond <see cref="MostInside"/>.</summary>
    internal static AsyncLocal<long?> TestedLimit { get; } = new();

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
        if (LargeNetwork.IsOne(path))
            return Checked(LargeNetwork.Read(path, shownAs), shownAs);
        if (file.Length > MostBytes)
            throw new OnnxException($"The model `{shownAs}` has {file.Length} bytes, more than the {MostBytes} that one ONNX file may have; export it with its data in another file, and name that in the recipe's `data`");
        using var stream = file.OpenRead();
        return Read(stream, shownAs);
    }

    /// <summary>Reads a model from a stream; <paramref name="path"/> is for messages.</summary>
    public static ModelProto Read(Stream stream, string path) => Checked(Parse(stream, path), path);

    /// <summary>Reads a network whose values lie in other files, and writes it with all of them inside.</summary>
    /// <param name="path">The network.</param>
    /// <param name="data">The other files, by the names that the network gives them.</param>
    /// <param name="modelPath">Where it is written; beyond protobuf's limit a <see cref="LargeNetwork"/>.</param>
    /// <param name="shownAs">Names it in messages.</param>
    /// <exception cref="OnnxException">A file is missing, is one too many, or does not fit.</exception>
    public static void Gather(string path, IReadOnlyDictionary<string, string> data, string modelPath, string shownAs)
    {
        using var stream = File.OpenRead(path);
        var model = Parse(stream, shownAs);
        if (data.Keys.Except(ExternalData.Locations(model)).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } idle)
            throw new OnnxException($"No tensor of `{shownAs}` lies in [{string.Join(", ", idle.Select(name => $"`{name}`"))}]; it names [{string.Join(", ", ExternalData.Locations(model).Select(name => $"`{name}`"))}]; correct `data` in the recipe");
        var files = new Dictionary<string, ExternalData.Source>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, file) in data)
                files.Add(name, new(File.OpenRead(file), 0));
            ExternalData.TakeIn(model, files, shownAs);
        }
        finally
        {
            foreach (var file in files.Values)
                file.Content.Dispose();
        }
        Write(Checked(model, shownAs), modelPath);
    }

    /// <summary>The message alone, of which nothing but its form is looked at.</summary>
    internal static ModelProto Parse(Stream stream, string path)
    {
        try
        {
            using var input = CodedInputStream.CreateWithLimits(stream, (int)MostBytes, MostNesting);
            return ModelProto.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new OnnxException($"`{path}` is not an ONNX model or is damaged: {problem.Message}", problem);
        }
    }

    static ModelProto Checked(ModelProto model, string path)
    {
        var missing = model.Graph is null ? "a graph" : model.Graph.Node.Count == 0 ? "nodes" : model.Graph.Output.Count == 0 ? "outputs" : model.OpsetImport.Count == 0 ? "an operator set" : null;
        if (missing is not null)
            throw new OnnxException($"`{path}` is not an ONNX model or is damaged: it lacks {missing}");
        var problems = ModelCheck.Problems(model, path);
        return problems.Count == 0 ? model : throw new OnnxException($"`{path}` is not an ONNX model or is damaged: {string.Join("; ", problems)}");
    }

    /// <summary>Whether a network is beyond what one message may have.</summary>
    internal static bool IsLarge(ModelProto model) => ExternalData.BytesInside(model) > (TestedLimit.Value ?? MostInside);

    /// <summary>Writes a network for ONNX Runtime, which reads no <see cref="LargeNetwork"/>: its data beside it where they are too many.</summary>
    internal static void WriteApart(ModelProto model, string path)
    {
        if (IsLarge(model))
        {
            model = model.Clone();
            using var data = File.Create(path + LargeNetwork.DataEnding);
            ExternalData.PutOut(model, Path.GetFileName(path) + LargeNetwork.DataEnding, data);
        }
        WriteMessage(model, path);
    }

    /// <summary>Writes a model, beyond protobuf's limit as a <see cref="LargeNetwork"/>; the bytes depend on the model alone.</summary>
    public static void Write(ModelProto model, string path)
    {
        if (IsLarge(model))
            LargeNetwork.Write(model, path);
        else
            WriteMessage(model, path);
    }

    static void WriteMessage(ModelProto model, string path)
    {
        using var stream = File.Create(path);
        using var output = new CodedOutputStream(stream) { Deterministic = true };
        model.WriteTo(output);
    }

    /// <summary>Lays a network down as ONNX Runtime opens it: a copy, or beyond protobuf's limit two files, of which the second has <see cref="LargeNetwork.DataEnding"/> behind the name.</summary>
    /// <param name="path">What a step wrote, <c>.onnx</c> or <c>.ort</c>.</param>
    /// <param name="target">Where it goes.</param>
    public static void Deploy(string path, string target)
    {
        if (LargeNetwork.IsOne(path))
            LargeNetwork.Unpack(path, target);
        else
            File.Copy(path, target);
    }

    /// <summary>Names of the inputs that a caller must give: those without an initializer of the same name.</summary>
    public static IEnumerable<ValueInfoProto> Inputs(ModelProto model)
    {
        var initial = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        return model.Graph.Input.Where(input => !initial.Contains(input.Name));
    }
}
