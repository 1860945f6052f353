// Constants whose values lie outside of the network's own message. Unaware of where those files come from and of recipes.

using System.Globalization;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Graphs;

/// <summary>
/// Takes values from files that are given by name, so no name in a network, however it is spelled, opens anything else. Each range of a file is read once, whoever shares it, and ranges that overlap otherwise are refused:
/// a network takes no more memory than its files have bytes.
/// </summary>
/// <remarks>Source: ONNX, "External Data"; the keys <c>location</c>, <c>offset</c> and <c>length</c>.</remarks>
static class ExternalData
{
    /// <summary>Smaller constants are no gain in another file, and shapes must be seen by whoever infers others.</summary>
    const int LeastBytes = 1024;

    /// <summary>Where data begin in a file, so that it can be mapped.</summary>
    const int Alignment = 4096;

    /// <summary>A file that tensors lie in.</summary>
    /// <param name="Content">Can seek; the tensors' file begins at <paramref name="Start"/> of it.</param>
    /// <param name="Start">In bytes.</param>
    public sealed record Source(Stream Content, long Start)
    {
        /// <summary>Bytes of the file.</summary>
        public long Length => Content.Length - Start;
    }

    /// <summary>The names of files that tensors lie in, sorted.</summary>
    public static IReadOnlyList<string> Locations(ModelProto model) => [.. Tensors(model).Where(IsOutside).Select(tensor => Value(tensor, "location") ?? "").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Bytes of all values inside the message; those that several tensors share count each time.</summary>
    public static long BytesInside(ModelProto model) => Tensors(model).Sum(tensor => (long)tensor.RawData.Length);

    /// <summary>Whether the values lie in another file.</summary>
    public static bool IsOutside(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;

    /// <summary>Reads all values into the message.</summary>
    /// <param name="model">It is changed.</param>
    /// <param name="files">By the names that the network gives them.</param>
    /// <param name="shownAs">Names the network in messages.</param>
    /// <exception cref="OnnxException">A tensor names a file that is none of these, or bytes that it does not have.</exception>
    public static void TakeIn(ModelProto model, IReadOnlyDictionary<string, Source> files, string shownAs)
    {
        var taken = new Dictionary<(string File, long Offset, long Length), ByteString>();
        var left = files.ToDictionary(file => file.Key, file => file.Value.Length);
        foreach (var tensor in Tensors(model).Where(IsOutside))
        {
            var name = Value(tensor, "location") ?? "";
            if (IsElsewhere(name))
                throw Bad(tensor, shownAs, $"lie in `{name}`, which is no file within the source; export the network with its data beside it");
            if (!files.TryGetValue(name, out var file))
                throw Bad(tensor, shownAs, $"lie in the file `{name}`, but there are [{string.Join(", ", files.Keys.Order(StringComparer.Ordinal).Select(known => $"`{known}`"))}]; name it in the recipe: `data: {{ {name}: {{ url: ..., sha256: ... }} }}`");
            var needed = Needed(tensor, shownAs);
            var (offset, length) = (Number(tensor, "offset", 0, shownAs), Number(tensor, "length", needed, shownAs));
            if (length != needed)
                throw Bad(tensor, shownAs, $"have {length} bytes in `{name}`, but the shape [{string.Join(", ", tensor.Dims)}] of {TensorData.Name(tensor.DataType)} needs {needed}");
            if (offset > file.Length - length)
                throw Bad(tensor, shownAs, $"are {length} bytes at {offset} of `{name}`, which has {file.Length}: it is cut, or another file");
            if (!taken.TryGetValue((name, offset, length), out var bytes))
            {
                if ((left[name] -= length) < 0)
                    throw Bad(tensor, shownAs, $"overlap with those of others in `{name}`; export the network again");
                taken.Add((name, offset, length), bytes = Read(file, offset, (int)length));
            }
            tensor.RawData = bytes;
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
    }

    /// <summary>Moves values of some size into a file.</summary>
    /// <param name="model">It is changed.</param>
    /// <param name="location">The file's name for the network.</param>
    /// <param name="data">Where they are written; begins empty.</param>
    public static void PutOut(ModelProto model, string location, Stream data)
    {
        var put = new Dictionary<ByteString, long>(ReferenceEqualityComparer.Instance);
        var start = data.Position;
        foreach (var tensor in Tensors(model).Where(tensor => tensor.RawData.Length >= LeastBytes))
        {
            var bytes = tensor.RawData;
            if (!put.TryGetValue(bytes, out var offset))
            {
                data.Write(new byte[(Alignment - ((data.Position - start) % Alignment)) % Alignment]);
                put.Add(bytes, offset = data.Position - start);
                data.Write(bytes.Span);
            }
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            foreach (var (key, value) in new[] { ("location", location), ("offset", offset.ToString(CultureInfo.InvariantCulture)), ("length", bytes.Length.ToString(CultureInfo.InvariantCulture)) })
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }
    }

    /// <summary>Gives the file another name.</summary>
    public static void Relocate(ModelProto model, string location)
    {
        foreach (var tensor in Tensors(model).Where(IsOutside))
            tensor.ExternalData.Single(entry => entry.Key == "location").Value = location;
    }

    /// <summary>Constants of the graph and of graphs and attributes within nodes.</summary>
    static IEnumerable<TensorProto> Tensors(ModelProto model) => Tensors(model.Graph).Concat(model.Functions.SelectMany(function => function.Node).SelectMany(Tensors));

    static IEnumerable<TensorProto> Tensors(GraphProto graph) => graph.Initializer.Concat(graph.Node.SelectMany(Tensors));

    static IEnumerable<TensorProto> Tensors(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T)).Concat(node.Subgraphs().SelectMany(Tensors));

    /// <summary>Whether a name leads out of the folder of the network.</summary>
    public static bool IsElsewhere(string name) => name.Length == 0 || name[0] == '/' || name.Contains('\\', StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal) || name.Split('/').Any(part => part is "" or "." or "..");

    static string? Value(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

    static long Number(TensorProto tensor, string key, long otherwise, string shownAs) => Value(tensor, key) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Bad(tensor, shownAs, $"have `{text}` as their {key}, which is no number of bytes; export the network again");

    static long Needed(TensorProto tensor, string shownAs)
    {
        var size = TensorData.Size((ElementType)tensor.DataType) ?? throw Bad(tensor, shownAs, $"are of {TensorData.Name(tensor.DataType)}, which cannot lie in another file; store them inside");
        var count = TensorData.Count(tensor);
        return count <= Array.MaxLength / size ? count * size : throw Bad(tensor, shownAs, $"have the shape [{string.Join(", ", tensor.Dims)}] of {TensorData.Name(tensor.DataType)}, more than {Array.MaxLength} bytes; split it");
    }

    static ByteString Read(Source file, long offset, int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        file.Content.Position = file.Start + offset;
        file.Content.ReadExactly(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    static OnnxException Bad(TensorProto tensor, string shownAs, string reason) => new($"The values of the tensor `{tensor.Name}` of `{shownAs}` {reason}");
}
