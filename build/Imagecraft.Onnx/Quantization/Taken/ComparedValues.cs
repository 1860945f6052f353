// Which values of two forms of one network can be compared by numbers. Unaware of how they are computed.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// Where a network picks among values (boxes above a threshold, the best of them), a last digit picks others, and what comes behind cannot be compared number by number: it is replaced by what is picked from.
/// </summary>
/// <param name="Left">One network, with these outputs.</param>
/// <param name="Right">The other, with the same.</param>
/// <param name="Names">The outputs that can be compared.</param>
sealed record ComparedValues(ModelProto Left, ModelProto Right, ImmutableArray<string> Names)
{
    static readonly ImmutableArray<string> Picking = ["ArgMax", "ArgMin", "NonMaxSuppression", "NonZero", "TopK", "Unique"];

    /// <summary>Values of both networks; all outputs when there is nothing else.</summary>
    /// <param name="left">One network.</param>
    /// <param name="right">The other.</param>
    /// <param name="carry">Input name to the output that is fed back into it, which stays.</param>
    /// <param name="file">Names them in messages.</param>
    public static ComparedValues Of(ModelProto left, ModelProto right, ImmutableSortedDictionary<string, string> carry, string file)
    {
        var (ofLeft, ofRight) = (new GraphIndex(left.Graph, file), new GraphIndex(right.Graph, file));
        var (picked, sources) = (new HashSet<string>(), new List<string>());
        foreach (var node in ofLeft.TopologicalOrder())
        {
            if (node.Is([.. Picking]))
                sources.AddRange(node.Input.Where(value => !picked.Contains(value) && ofLeft.Producer(value) is not null && ofRight.Producer(value) is not null && ofLeft.TypeOf(value) == ElementType.Float && ofLeft.TryStaticShape(value, out _)));
            else if (!node.Input.Any(picked.Contains))
                continue;
            picked.UnionWith(node.Output);
        }
        string[] outputs = [.. left.Graph.Output.Select(output => output.Name)];
        string[] added = [.. sources.Distinct().Except(outputs)];
        ImmutableArray<string> names = [.. outputs.Where(name => !picked.Contains(name)), .. added];
        return names.IsEmpty ? new(left, right, [.. outputs]) : new(With(left), With(right), names);

        ModelProto With(ModelProto model)
        {
            var copy = model.Clone();
            // How many are picked may change from frame to frame.
            copy.Graph.Output.Clear();
            copy.Graph.Output.AddRange(model.Graph.Output.Where(output => names.Contains(output.Name) || carry.ContainsValue(output.Name)));
            copy.Graph.Output.AddRange(added.Select(Described));
            return copy;
        }

        ValueInfoProto Described(string name) => new()
        {
            Name = name,
            Type = new() { TensorType = new() { ElemType = (int)ElementType.Float, Shape = new() { Dim = { ofLeft.ShapeOf(name)!.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } },
        };
    }
}
