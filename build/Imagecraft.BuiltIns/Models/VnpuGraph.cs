// Reads a network of a file as the virtual accelerator's compiler wants it. Unaware of what is taken of it.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Vnpu.Networks;
using DataType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;
using Kind = Imagecraft.Onnx.Protos.AttributeProto.Types.AttributeType;

namespace Imagecraft.BuiltIns.Models;

/// <summary>A graph whose shapes are stated, and its nodes once more.</summary>
internal sealed class VnpuGraph
{
    private readonly GraphIndex _index;
    private readonly Dictionary<string, NetworkValue> _values = new(StringComparer.Ordinal);

    public VnpuGraph(GraphIndex index)
    {
        _index = index;
        // ONNX Runtime makes constants of these before it asks a provider.
        Origins = [.. index.TopologicalOrder().Where(node => !node.Is("Constant"))];
        Nodes = [.. Origins.Select(Read)];
    }

    /// <summary>The nodes of the file, in an order in which they can run.</summary>
    public ImmutableArray<NodeProto> Origins { get; }

    /// <summary>The same for the compiler.</summary>
    public ImmutableArray<NetworkNode> Nodes { get; }

    private NetworkNode Read(NodeProto node)
    {
        var attributes = node.Attribute.ToLookup(attribute => attribute.Type);
        return new(node.Name, node.Domain, node.OpType, [.. node.Input.Select(Value)], [.. node.Output.Select(Value)])
        {
            Integers = attributes[Kind.Int].Concat(attributes[Kind.Ints]).ToImmutableDictionary(attribute => attribute.Name, attribute => attribute.Type == Kind.Int ? ImmutableArray.Create(attribute.I) : [.. attribute.Ints]),
            Numbers = attributes[Kind.Float].ToImmutableDictionary(attribute => attribute.Name, attribute => attribute.F),
            Texts = attributes[Kind.String].ToImmutableDictionary(attribute => attribute.Name, attribute => attribute.S.ToStringUtf8()),
        };
    }

    private NetworkValue? Value(string name)
    {
        if (name.Length == 0)
            return null;
        if (_values.TryGetValue(name, out var known))
            return known;
        var type = (int?)_index.TypeOf(name) is { } number && Enum.IsDefined((ElementType)number) ? (ElementType)number : ElementType.Other;
        return _values[name] = new(name, type, _index.ShapeOf(name) is { } shape ? [.. shape] : default)
        {
            // Without the cast, null would become memory of no bytes. Texts and halves of bytes are nothing that it takes.
            Constant = _index.Constant(name) is { } tensor && TensorData.Size((DataType)tensor.DataType) is not null ? (ReadOnlyMemory<byte>?)TensorData.Bytes(tensor).ToArray() : null,
        };
    }
}
