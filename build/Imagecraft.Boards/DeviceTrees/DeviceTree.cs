// Reads flattened device trees. Unaware of what they describe: hardware or a FIT image.

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Imagecraft.Boards.DeviceTrees;

/// <summary>A device tree.</summary>
/// <remarks>Source: Devicetree specification 0.4, chapter 5.</remarks>
public sealed class DeviceTree
{
    /// <summary>First four bytes.</summary>
    public const uint Magic = 0xd00dfeed;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 40;

    private const uint BeginNode = 1, EndNode = 2, Property = 3, Nothing = 4, End = 9;
    private const int Deepest = 64;

    private readonly Dictionary<uint, DeviceNode> handles = [];

    private DeviceTree(DeviceNode root, int size)
    {
        (Root, Size) = (root, size);
        foreach (var node in root.All)
        {
            if ((node.Number("phandle") ?? node.Number("linux,phandle")) is { } handle)
                handles.TryAdd((uint)handle, node);
        }
    }

    /// <summary>The root.</summary>
    public DeviceNode Root { get; }

    /// <summary>Bytes of the blob.</summary>
    public int Size { get; }

    /// <summary>The node that a reference means; null when there is none.</summary>
    public DeviceNode? ByHandle(uint handle) => handles.GetValueOrDefault(handle);

    /// <summary>The node at a path (<c>/soc/mmc@fe2c0000</c>) or of an alias (<c>mmc1</c>); null when there is none.</summary>
    public DeviceNode? Find(string pathOrAlias)
    {
        var path = pathOrAlias.StartsWith('/') ? pathOrAlias : Root.Child("aliases")?.Text(pathOrAlias);
        return path?.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((DeviceNode?)Root, (node, name) => node?.Child(name));
    }

    /// <summary>The size that a blob's header says; null when the bytes are the beginning of none.</summary>
    public static int? SizeOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic && BinaryPrimitives.ReadInt32BigEndian(bytes[4..]) is >= HeaderSize and var size ? size : null;

    /// <summary>Reads a blob; bytes behind it are left alone.</summary>
    /// <exception cref="DeviceTreeException">It is none.</exception>
    public static DeviceTree Read(ReadOnlyMemory<byte> blob)
    {
        if (SizeOf(blob.Span) is not { } size)
            throw new DeviceTreeException("is no device tree: it does not begin with `d0 0d fe ed`");
        if (size > blob.Length)
            throw new DeviceTreeException(string.Create(CultureInfo.InvariantCulture, $"is cut: a device tree of {size} bytes, of which {blob.Length} are there"));
        blob = blob[..size];
        var structure = Part(blob, 8, 36);
        var strings = Part(blob, 12, 32);
        var position = 0;
        DeviceNode? root = null, current = null;
        for (var depth = 0; ;)
        {
            switch (Next())
            {
                case BeginNode:
                    if (++depth > Deepest || (current is null && root is not null))
                        throw new DeviceTreeException("is damaged: its nodes do not form a tree");
                    var child = new DeviceNode(Name(), current);
                    current?.Add(child);
                    root ??= child;
                    current = child;
                    break;
                case EndNode when current is not null:
                    current = current.Parent;
                    depth--;
                    break;
                case Property when current is not null:
                    var (length, name) = ((int)Next(), (int)Next());
                    if (length < 0 || length > structure.Length - position || name < 0 || name >= strings.Length)
                        throw new DeviceTreeException($"is damaged: a property of `{current.Path}` leads out of it");
                    current.Set(Zeroed(strings[name..].Span), structure.Slice(position, length));
                    position += (length + 3) & ~3;
                    break;
                case Nothing:
                    break;
                case End when root is not null && current is null:
                    return new(root, size);
                default:
                    throw new DeviceTreeException("is damaged: its structure has a token that no specification knows, or at a wrong place");
            }
        }

        uint Next()
        {
            if (position > structure.Length - 4)
                throw new DeviceTreeException("is damaged: its structure does not end");
            position += 4;
            return BinaryPrimitives.ReadUInt32BigEndian(structure.Span[(position - 4)..]);
        }

        string Name()
        {
            var name = Zeroed(structure[position..].Span);
            position += (Encoding.UTF8.GetByteCount(name) + 4) & ~3;
            return name;
        }
    }

    private static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> blob, int offsetField, int sizeField)
    {
        var (offset, size) = (BinaryPrimitives.ReadInt32BigEndian(blob.Span[offsetField..]), BinaryPrimitives.ReadInt32BigEndian(blob.Span[sizeField..]));
        return offset >= HeaderSize && size >= 0 && offset <= blob.Length - size ? blob.Slice(offset, size) : throw new DeviceTreeException("is damaged: its header names parts outside of it");
    }

    private static string Zeroed(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return end >= 0 ? Encoding.UTF8.GetString(bytes[..end]) : throw new DeviceTreeException("is damaged: a name in it does not end");
    }
}
