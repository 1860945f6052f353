// Reads a graph of a session. Unaware of what is taken of it.

using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Provider.Ort;

/// <summary>A graph while ONNX Runtime lends it: constants are read where they lie.</summary>
internal sealed record OrtGraph(ImmutableArray<nint> Handles, ImmutableArray<NetworkNode> Nodes, ImmutableArray<NetworkValue> Inputs, ImmutableArray<NetworkValue> Outputs)
{
    // No operator that is taken has longer ones; compiled parts are megabytes.
    private const int LongestText = 4096;

    private const int Int = 1, Ints = 2, Float = 3, String = 5;

    /// <summary>All nodes, in an order in which they can run.</summary>
    public static OrtGraph Read(nint graph)
    {
        var handles = OrtApi.Nodes(graph);
        return new([.. handles], [.. handles.Select(Node)], [.. OrtApi.GraphInputs(graph).Select(Value).OfType<NetworkValue>()], [.. OrtApi.GraphOutputs(graph).Select(Value).OfType<NetworkValue>()]);
    }

    private static NetworkNode Node(nint handle)
    {
        var integers = ImmutableDictionary.CreateBuilder<string, ImmutableArray<long>>();
        var numbers = ImmutableDictionary.CreateBuilder<string, float>();
        var blobs = ImmutableDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>();
        var texts = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var attribute in OrtApi.Attributes(handle))
        {
            var (name, type) = (OrtApi.AttributeName(attribute), OrtApi.AttributeType(attribute));
            if (type is Int or Ints)
                integers[name] = [.. MemoryMarshal.Cast<byte, long>(OrtApi.AttributeBytes(attribute, type))];
            else if (type == Float)
                numbers[name] = MemoryMarshal.Read<float>(OrtApi.AttributeBytes(attribute, type));
            else if (type == String)
            {
                var bytes = OrtApi.AttributeBytes(attribute, type);
                blobs[name] = bytes;
                if (bytes.Length <= LongestText)
                    texts[name] = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
            }
        }

        return new(OrtApi.NodeName(handle), OrtApi.NodeDomain(handle), OrtApi.NodeKind(handle), [.. OrtApi.NodeInputs(handle).Select(Value)], [.. OrtApi.NodeOutputs(handle).Select(Value)])
        {
            Integers = integers.ToImmutable(),
            Numbers = numbers.ToImmutable(),
            Texts = texts.ToImmutable(),
            Blobs = blobs.ToImmutable(),
        };
    }

    private static NetworkValue? Value(nint handle)
    {
        if (handle == 0 || OrtApi.ValueName(handle) is not { Length: > 0 } name)
            return null;
        var (type, shape) = OrtApi.TypeOf(handle);
        return new(name, Enum.IsDefined((ElementType)type) ? (ElementType)type : ElementType.Other, shape is null ? default : [.. shape])
        {
            // Without the cast, null would become memory of no bytes.
            Constant = OrtApi.Constant(handle) is var (start, bytes) ? (ReadOnlyMemory<byte>?)new Lent(start, bytes).Memory : null,
        };
    }

    /// <summary>Memory of somebody else's.</summary>
    private sealed unsafe class Lent(nint start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new((void*)start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
