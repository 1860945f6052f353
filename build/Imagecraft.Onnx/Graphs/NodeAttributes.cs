// Typed access to the attributes of a node. Unaware of what operators mean by them.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Onnx.Protos;
using Kind = Imagecraft.Onnx.Protos.AttributeProto.Types.AttributeType;

namespace Imagecraft.Onnx.Graphs;

/// <summary>Reads attributes with the default that the operator gives to an absent one, and writes them. An attribute of another kind than asked for counts as absent.</summary>
public static class NodeAttributes
{
    /// <summary>Whether the node is of a standard operator, of which there are two domain names, and of one of <paramref name="types"/>.</summary>
    public static bool Is(this NodeProto node, params ReadOnlySpan<string> types) => node.Domain is "" or "ai.onnx" && types.Contains(node.OpType);

    /// <summary>The input at a position, or an empty string where the node leaves it out.</summary>
    public static string InputAt(this NodeProto node, int index) => index < node.Input.Count ? node.Input[index] : "";

    /// <summary>The node as messages name it: its operator with its name, or with its first output when it has none.</summary>
    public static string Display(this NodeProto node) => $"`{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(output => output.Length > 0, "?"))}` ({node.OpType})";

    /// <summary>Whether the attribute is there, of whatever kind.</summary>
    public static bool Has(this NodeProto node, string name) => Find(node, name) is not null;

    /// <summary>An integer.</summary>
    public static long GetInteger(this NodeProto node, string name, long otherwise) => Find(node, name) is { HasI: true } found ? found.I : otherwise;

    /// <summary>A float.</summary>
    public static float GetNumber(this NodeProto node, string name, float otherwise) => Find(node, name) is { HasF: true } found ? found.F : otherwise;

    /// <summary>A string.</summary>
    public static string GetText(this NodeProto node, string name, string otherwise) => Find(node, name) is { HasS: true } found ? found.S.ToStringUtf8() : otherwise;

    /// <summary>A list of integers, or null when absent.</summary>
    public static ImmutableArray<long>? GetIntegers(this NodeProto node, string name) => Find(node, name) is { } found && (found.Type == Kind.Ints || found.Ints.Count > 0) ? [.. found.Ints] : null;

    /// <summary>A list of floats, or null when absent.</summary>
    public static ImmutableArray<float>? GetNumbers(this NodeProto node, string name) => Find(node, name) is { } found && (found.Type == Kind.Floats || found.Floats.Count > 0) ? [.. found.Floats] : null;

    /// <summary>A tensor, or null when absent.</summary>
    public static TensorProto? GetTensor(this NodeProto node, string name) => Find(node, name)?.T;

    /// <summary>The graphs within the node: branches and loop bodies.</summary>
    public static IEnumerable<GraphProto> Subgraphs(this NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G));

    /// <summary>The nodes of a graph and of all graphs within them.</summary>
    public static IEnumerable<NodeProto> AllNodes(this GraphProto graph) => graph.Node.SelectMany(node => node.Subgraphs().SelectMany(AllNodes).Prepend(node));

    /// <summary>Sets an integer.</summary>
    public static NodeProto With(this NodeProto node, string name, long value) => Set(node, new() { Name = name, Type = Kind.Int, I = value });

    /// <summary>Sets a float.</summary>
    public static NodeProto With(this NodeProto node, string name, float value) => Set(node, new() { Name = name, Type = Kind.Float, F = value });

    /// <summary>Sets a string.</summary>
    public static NodeProto With(this NodeProto node, string name, string value) => Set(node, new() { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(value) });

    /// <summary>Sets a list of integers.</summary>
    public static NodeProto With(this NodeProto node, string name, params IEnumerable<long> values) => Set(node, new() { Name = name, Type = Kind.Ints, Ints = { values } });

    /// <summary>Removes an attribute, if it is there.</summary>
    public static NodeProto Without(this NodeProto node, string name)
    {
        if (Find(node, name) is { } found)
            node.Attribute.Remove(found);
        return node;
    }

    static NodeProto Set(NodeProto node, AttributeProto attribute)
    {
        node.Without(attribute.Name).Attribute.Add(attribute);
        return node;
    }

    static AttributeProto? Find(NodeProto node, string name)
    {
        foreach (var attribute in node.Attribute)
            if (attribute.Name == name)
                return attribute;
        return null;
    }
}
