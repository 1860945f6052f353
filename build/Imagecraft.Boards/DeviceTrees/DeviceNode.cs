// A node of a device tree and how its values are read. Unaware of what properties mean.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Boards.DeviceTrees;

/// <summary>A node with its properties.</summary>
/// <param name="name">With its unit address, e.g. <c>mmc@fe2c0000</c>; empty for the root.</param>
/// <param name="parent">Null for the root.</param>
public sealed class DeviceNode(string name, DeviceNode? parent)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> properties = new(StringComparer.Ordinal);
    private readonly List<DeviceNode> children = [];

    /// <summary>With its unit address, e.g. <c>mmc@fe2c0000</c>; empty for the root.</summary>
    public string Name { get; } = name;

    /// <summary>Null for the root.</summary>
    public DeviceNode? Parent { get; } = parent;

    /// <summary>Nodes below, in the blob's order.</summary>
    public IReadOnlyList<DeviceNode> Children => children;

    /// <summary>Values by name.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Properties => properties;

    /// <summary>E.g. <c>/soc/mmc@fe2c0000</c>.</summary>
    public string Path => Parent is null ? "/" : Parent.Parent is null ? $"/{Name}" : $"{Parent.Path}/{Name}";

    /// <summary>What drivers are chosen by, the most special first; empty when it has none.</summary>
    public IReadOnlyList<string> Compatible => Strings("compatible");

    /// <summary>Whether neither it nor a node above is disabled.</summary>
    public bool IsEnabled => (Text("status") is null or "okay" or "ok") && Parent?.IsEnabled != false;

    /// <summary>Itself and all nodes below.</summary>
    public IEnumerable<DeviceNode> All => children.SelectMany(c => c.All).Prepend(this);

    /// <summary>The child of that name; a name without unit address finds the first that has one.</summary>
    public DeviceNode? Child(string name) => children.FirstOrDefault(c => c.Name == name) ?? children.FirstOrDefault(c => c.Name.StartsWith($"{name}@", StringComparison.Ordinal));

    /// <summary>The first string of a property; null when it is absent.</summary>
    public string? Text(string property) => Strings(property) is [var first, ..] ? first : null;

    /// <summary>The strings of a property; none when it is absent.</summary>
    public IReadOnlyList<string> Strings(string property) =>
        properties.TryGetValue(property, out var value) && value.Length > 0 ? Encoding.UTF8.GetString(value.Span).TrimEnd('\0').Split('\0') : [];

    /// <summary>The 32-bit cells of a property; none when it is absent.</summary>
    public IReadOnlyList<uint> Cells(string property)
    {
        if (!properties.TryGetValue(property, out var value))
            return [];
        var cells = new uint[value.Length / 4];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = BinaryPrimitives.ReadUInt32BigEndian(value.Span[(i * 4)..]);
        return cells;
    }

    /// <summary>A number of one or two cells; null when it is absent.</summary>
    public ulong? Number(string property) => Cells(property) switch
    {
        [var low] => low,
        [var high, var low] => ((ulong)high << 32) | low,
        _ => null,
    };

    internal void Add(DeviceNode child) => children.Add(child);

    internal void Set(string property, ReadOnlyMemory<byte> value) => properties[property] = value;
}
