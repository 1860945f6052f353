// Networks of more bytes than one protobuf message may have, as one file. Unaware of what is in them.

using System.Buffers.Binary;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Graphs;

/// <summary>
/// Steps hand on one file each. Beyond protobuf's 2 GiB that is this one: 16 bytes that tell it, the length of the message, the message, whose large constants lie in another file, and at the next multiple of 4096 that other file.
/// <see cref="Unpack"/> makes of it the two files that ONNX Runtime opens.
/// </summary>
public static class LargeNetwork
{
    const int HeadBytes = 24, Alignment = 4096;
    const string Location = "data";

    static ReadOnlySpan<byte> Magic => "ONNX and data  1"u8;

    /// <summary>What follows the network's name in that of its data.</summary>
    public const string DataEnding = ".data";

    /// <summary>Whether the file is one.</summary>
    public static bool IsOne(string path)
    {
        Span<byte> head = stackalloc byte[16];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual(Magic);
    }

    /// <summary>Writes one; the bytes depend on the network alone.</summary>
    internal static void Write(ModelProto model, string path)
    {
        model = model.Clone();
        var data = path + ".part";
        using (var stream = File.Create(data))
            ExternalData.PutOut(model, Location, stream);
        var message = model.ToByteArray();
        using var file = File.Create(path);
        Span<byte> head = stackalloc byte[HeadBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], message.Length);
        file.Write(head);
        file.Write(message);
        file.Write(new byte[DataStart(message.Length) - HeadBytes - message.Length]);
        using (var stream = File.OpenRead(data))
            stream.CopyTo(file, 1 << 20);
        File.Delete(data);
    }

    /// <summary>Reads the network with all values.</summary>
    internal static ModelProto Read(string path, string shownAs)
    {
        using var file = File.OpenRead(path);
        var (model, start) = Message(file, shownAs);
        ExternalData.TakeIn(model, new Dictionary<string, ExternalData.Source> { [Location] = new(file, start) }, shownAs);
        return model;
    }

    /// <summary>Writes the network to <paramref name="modelPath"/> and its data beside it, with <see cref="DataEnding"/> behind the name.</summary>
    /// <param name="path">One of these files.</param>
    /// <param name="modelPath">An <c>.onnx</c> file.</param>
    public static void Unpack(string path, string modelPath)
    {
        using var file = File.OpenRead(path);
        var (model, start) = Message(file, path);
        ExternalData.Relocate(model, Path.GetFileName(modelPath) + DataEnding);
        File.WriteAllBytes(modelPath, model.ToByteArray());
        file.Position = start;
        using var data = File.Create(modelPath + DataEnding);
        file.CopyTo(data, 1 << 20);
    }

    static (ModelProto Model, long DataStart) Message(FileStream file, string shownAs)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        file.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
        if (length < 0 || length > file.Length - HeadBytes || length > int.MaxValue)
            throw new OnnxException($"`{shownAs}` is damaged: its network would have {length} bytes");
        var message = new byte[length];
        file.ReadExactly(message);
        return (OnnxFile.Parse(new MemoryStream(message), shownAs), DataStart(length));
    }

    static long DataStart(long length) => (HeadBytes + length + Alignment - 1) / Alignment * Alignment;
}
