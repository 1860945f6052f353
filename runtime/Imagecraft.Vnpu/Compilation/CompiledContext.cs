// A compiled part of a network as bytes, so that it is compiled once, while building. Unaware of ONNX.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>A node that a part was compiled of, for reports.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Products">Its multiply-accumulates.</param>
public sealed record ContextNode(string Name, string Kind, long Products);

/// <summary>
/// A program with the nodes that it computes. As bytes: <c>VNPUCTX</c> and the format's version; the sizes of head, commands and constants, as 64-bit little-endian numbers; the head as JSON; the commands as the device reads them; the constants.
/// </summary>
/// <param name="Program">The program.</param>
/// <param name="Nodes">In the order of the network.</param>
public sealed record CompiledContext(NpuProgram Program, ImmutableArray<ContextNode> Nodes)
{
    /// <summary>The provider whose parts these are, as ONNX Runtime calls it and as nodes name it.</summary>
    public const string Source = "ImagecraftVnpu";

    /// <summary>The format, and the layout and meaning of commands: grows with each change of either.</summary>
    public const byte Version = 1;

    private const int SizesAt = 8, HeadAt = SizesAt + (3 * sizeof(long));

    private static ReadOnlySpan<byte> Magic => "VNPUCTX"u8;

    /// <summary>The bytes, which depend on the program and the nodes alone.</summary>
    public byte[] Write()
    {
        var head = WriteHead();
        var commands = MemoryMarshal.AsBytes(Program.Commands.AsSpan());
        var constants = Program.Constants.Sum(constant => (long)constant.Length);
        var bytes = new byte[checked(HeadAt + head.Length + commands.Length + constants)];
        Magic.CopyTo(bytes);
        bytes[Magic.Length] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SizesAt), head.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SizesAt + 8), commands.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SizesAt + 16), constants);
        var rest = bytes.AsSpan(HeadAt);
        head.CopyTo(rest);
        rest = rest[head.Length..];
        commands.CopyTo(rest);
        rest = rest[commands.Length..];
        foreach (var constant in Program.Constants)
        {
            constant.Span.CopyTo(rest);
            rest = rest[constant.Length..];
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, or of another version, or its places do not lie in its buffers.</exception>
    public static CompiledContext Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeadAt || !span.StartsWith(Magic))
            throw new InvalidDataException("it is no compiled part for this accelerator");
        if (span[Magic.Length] != Version)
            throw new InvalidDataException($"it is of version {span[Magic.Length]}, expected {Version}");
        long head = Size(SizesAt), commands = Size(SizesAt + 8), constants = Size(SizesAt + 16), rest = span.Length - HeadAt;
        if (head < 0 || head > rest || commands < 0 || commands > rest - head || constants != rest - head - commands || commands % Command.Size != 0)
            throw new InvalidDataException("it is damaged: its sizes do not fit");
        try
        {
            using var json = JsonDocument.Parse(bytes.Slice(HeadAt, (int)head));
            return Make(json.RootElement, MemoryMarshal.Cast<byte, Command>(bytes.Span.Slice(HeadAt + (int)head, (int)commands)), bytes[^(int)constants..]);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new InvalidDataException($"it is damaged: {problem.Message}", problem);
        }

        long Size(int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[at..]);
    }

    private static CompiledContext Make(JsonElement head, ReadOnlySpan<Command> commands, ReadOnlyMemory<byte> constants)
    {
        var buffers = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        foreach (var length in head.GetProperty("constants").EnumerateArray().Select(length => length.GetInt32()))
        {
            if (length <= 0 || length > constants.Length)
                throw new InvalidDataException("it is damaged: its constants do not fit");
            buffers.Add(constants[..length]);
            constants = constants[length..];
        }

        var arena = head.GetProperty("arena").GetInt64();
        var program = new NpuProgram([.. commands], buffers.ToImmutable(), arena, Ports(head.GetProperty("inputs"), arena), Ports(head.GetProperty("outputs"), arena))
        {
            Makers = [.. head.GetProperty("makers").EnumerateArray().Select(Text)],
        };
        if (!constants.IsEmpty || !Compiler.IsTaken(program))
            throw new InvalidDataException("it is damaged: it is not of a size that the driver takes");
        return new(program, [.. head.GetProperty("nodes").EnumerateArray().Select(node => new ContextNode(Text(node.GetProperty("name")), Text(node.GetProperty("kind")), Products(node.GetProperty("products").GetInt64())))]);
    }

    private static ImmutableArray<ProgramPort> Ports(JsonElement list, long arena) => [.. list.EnumerateArray().Select(port =>
    {
        var made = new ProgramPort(Text(port.GetProperty("name")), [.. port.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())], port.GetProperty("offset").GetInt64(), port.GetProperty("bytes").GetInt64());
        return made.Offset >= 0 && made.Bytes >= 0 && made.Offset <= arena && made.Bytes <= arena - made.Offset && made.Shape.All(size => size >= 0) && made.Shape.Aggregate(1L, (count, size) => checked(count * size)) == made.Bytes
            ? made
            : throw new InvalidDataException($"it is damaged: `{made.Name}` does not lie in its memory");
    })];

    // A sum over all nodes has to have place.
    private static long Products(long products) => products is >= 0 and < 1L << 44 ? products : throw new InvalidDataException("it is damaged: a node multiplies too often");

    private static string Text(JsonElement text) => text.GetString() ?? throw new InvalidDataException("it is damaged: a name is missing");

    private byte[] WriteHead()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("arena", Program.ArenaBytes);
            json.WriteStartArray("constants");
            foreach (var constant in Program.Constants)
                json.WriteNumberValue(constant.Length);
            json.WriteEndArray();
            WritePorts(json, "inputs", Program.Inputs);
            WritePorts(json, "outputs", Program.Outputs);
            json.WriteStartArray("makers");
            foreach (var maker in Program.Makers)
                json.WriteStringValue(maker);
            json.WriteEndArray();
            json.WriteStartArray("nodes");
            foreach (var node in Nodes)
            {
                json.WriteStartObject();
                json.WriteString("name", node.Name);
                json.WriteString("kind", node.Kind);
                json.WriteNumber("products", node.Products);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WritePorts(Utf8JsonWriter json, string name, ImmutableArray<ProgramPort> ports)
    {
        json.WriteStartArray(name);
        foreach (var port in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteStartArray("shape");
            foreach (var size in port.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteNumber("offset", port.Offset);
            json.WriteNumber("bytes", port.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
