// Puts what stands between quantized weights and their reader into the weights. Unaware of who reads them.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Quantization.Taken;

/// <summary>
/// Exporters that keep weights in another layout (TensorFlow's HWIO) transpose or reshape what DequantizeLinear gives, and ONNX Runtime fuses only what reads it. The integers are moved instead, and the axis of their scales with
/// them. Exact.
/// </summary>
sealed class PairConstants : IModelPass
{
    static readonly ImmutableArray<string> Shaping = ["Reshape", "Squeeze", "Unsqueeze", "Flatten"];

    public string Name => "pair-constants";

    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var pair in index.TopologicalOrder().Where(PairParameters.IsDequantize))
            while (Mover(index, pair) is { } mover && Move(model, index, pair, mover)) { }
        index.Finish();
        return new RemoveDeadNodes().Apply(model, file);
    }

    static NodeProto? Mover(GraphIndex index, NodeProto pair) =>
        index.Constant(pair.Input[0]) is not null && index.OnlyConsumer(pair.Output[0]) is { } reader && (reader.Is("Transpose", "Identity") || reader.Is([.. Shaping])) && reader.Input[0] == pair.Output[0]
        && reader.Input.Skip(1).All(input => input.Length == 0 || index.Constant(input) is not null) ? reader : null;

    static bool Move(ModelProto model, GraphIndex index, NodeProto pair, NodeProto mover)
    {
        if (PairParameters.Of(index, pair) is not { } numbers)
            return false;
        var before = index.Constant(pair.Input[0])!;
        var part = new ModelProto { IrVersion = model.IrVersion, OpsetImport = { model.OpsetImport }, Graph = new() { Name = "weights", Initializer = { new TensorProto(before) { Name = "w" } } } };
        foreach (var input in mover.Input.Skip(1).Where(input => input.Length > 0))
            part.Graph.Initializer.Add(new TensorProto(index.Constant(input)!) { Name = input });
        var node = mover.Clone();
        node.Input[0] = "w";
        part.Graph.Node.Add(node);
        part.Graph.Output.Add(new ValueInfoProto { Name = mover.Output[0] });
        var after = new ReferenceNetwork(part, index.File).Run(new Dictionary<string, TensorProto>(), default)[0];
        if ((numbers.IsPlain ? 0 : Axis(mover, [.. before.Dims], [.. after.Dims], numbers.Axis)) is not { } axis)
            return false;
        after.Name = index.FreshName($"{pair.Input[0]}.moved");
        index.SetInput(pair, 0, index.Add(after));
        if (!numbers.IsPlain)
            pair.With("axis", axis);
        return index.TryBypass(mover, pair.Output[0]);
    }

    /// <summary>Where the axis of the scales lies afterwards; null when it was taken apart.</summary>
    static long? Axis(NodeProto mover, ImmutableArray<long> before, ImmutableArray<long> after, long axis)
    {
        if (mover.Is("Identity"))
            return axis;
        if (mover.Is("Transpose"))
            return mover.GetIntegers("perm") is { } order ? order.IndexOf(axis) : before.Length - 1 - axis;
        var leading = before.Take((int)axis).Aggregate(1L, (product, size) => product * size);
        for (var at = 0; at < after.Length; at++)
            if (after[at] == before[(int)axis] && after.Take(at).Aggregate(1L, (product, size) => product * size) == leading)
                return at;
        return null;
    }
}
