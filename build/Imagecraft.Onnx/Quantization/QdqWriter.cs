// Writes a plan into a graph as pairs of QuantizeLinear and DequantizeLinear. Unaware of how parameters are found.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Operators;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Changes a float graph into one in QDQ form. Dequantized values keep the name of the float value, so names mean the same in both networks.</summary>
sealed class QdqWriter(GraphIndex index, QuantizationPlan plan, GroupParameters found, IReadOnlyDictionary<string, float[]> means, IReadOnlyDictionary<string, QuantizedWeights> rounded, QuantizationOptions options)
{
    readonly Dictionary<string, QuantizationParameters> parameters = found.Parameters;
    readonly QdqTensors tensors = new(index);
    readonly Dictionary<string, string> integers = [];
    readonly Dictionary<string, string> origins = [];

    /// <summary>The value that each tensor of integers was made of; what is the same integers read otherwise is not here.</summary>
    public IReadOnlyDictionary<string, string> Origins => origins;

    /// <summary>Writes everything; gives the quantized layers in topological order.</summary>
    public ImmutableArray<QuantizedLayer> Write()
    {
        var layers = new List<QuantizedLayer>();
        var weights = new WeightWriter(index, tensors, rounded, options);
        foreach (var planned in plan.Nodes)
        {
            var bytes = planned.Rule.Family == OperatorFamily.Weighted ? weights.Write(planned, Reads(planned.Activations[0])) : (0, 0);
            if (planned.Rule.Family is OperatorFamily.Weighted or OperatorFamily.Computing)
                layers.Add(new(QuantizationPlanner.NameOf(planned.Node), planned.Node.OpType, planned.Output, bytes.Before, bytes.After));
        }
        var made = plan.Nodes.SelectMany(planned => planned.Outputs.Select(output => (output, planned))).ToDictionary();
        foreach (var value in plan.Values)
        {
            if (index.Constant(value) is { } constant)
                PairConstant(value, constant);
            else if (!made.TryGetValue(value, out var planned))
                Pair(value, clamp: null);
            else if (planned.Rule.Family == OperatorFamily.Affine)
                Reread(planned);
            else
                Pair(value, planned.Clamp);
        }
        return [.. layers.Select(layer => layer with { Output = Readable(layer.Output) })];
    }

    WeightReads Reads(string value) => new(parameters[value].Scale, found.Remainders.GetValueOrDefault(value), means.GetValueOrDefault(value));

    /// <summary>The value itself, or where only an affine map of it is read, that.</summary>
    string Readable(string value) =>
        index.Consumers(value).Count == 0 && !index.IsOutput(value) && plan.Nodes.FirstOrDefault(planned => planned.Rule.Family == OperatorFamily.Affine && planned.Activations[0] == value) is { } affine
            ? Readable(affine.Output)
            : value;

    /// <summary>Puts a pair behind the node that makes the value, or behind the network's input.</summary>
    void Pair(string value, NodeProto? clamp)
    {
        var of = parameters[value];
        integers[value] = index.FreshName(value + ".q");
        origins[integers[value]] = value;
        if (index.Producer(value) is not { } producer)
        {
            var quantize = tensors.Quantize(value, integers[value], of);
            var read = index.FreshName(value + ".d");
            index.ReplaceUses(value, read, except: quantize);
            tensors.Dequantize(integers[value], read, of);
            return;
        }
        var computed = index.FreshName(value + ".f");
        if (clamp is not null && IsSaturation(clamp, of))
        {
            var clamped = clamp.Input[0];
            producer = index.Producer(clamped)!;
            index.Remove(clamp);
            RenameOutput(producer, clamped, computed);
        }
        else
            RenameOutput(producer, value, computed);
        tensors.Quantize(computed, integers[value], of);
        tensors.Dequantize(integers[value], value, of);
    }

    void PairConstant(string value, TensorProto constant)
    {
        var of = parameters[value];
        var users = plan.Nodes.Where(planned => planned.Rule.Family != OperatorFamily.Affine && planned.Activations.Contains(value)).ToArray();
        var quantized = of.Type.Bytes(WeightWriter.Finite(constant, users[0].Node, index.File).Select(of.Quantize));
        var read = tensors.Constant(value, quantized, constant.Dims, [of.Scale], of.ZeroPoint, axis: null, of.Type);
        foreach (var planned in users)
            for (var at = 0; at < planned.Node.Input.Count; at++)
                if (planned.Node.Input[at] == value)
                    index.SetInput(planned.Node, at, read);
    }

    /// <summary>A product or sum with a constant is the same integers read with other parameters.</summary>
    void Reread(PlannedNode planned)
    {
        integers[planned.Output] = integers[planned.Activations[0]];
        index.Remove(planned.Node);
        tensors.Dequantize(integers[planned.Output], planned.Output, parameters[planned.Output]);
    }

    /// <summary>Whether the limits of the integers are those of the clamp, or tighter, to half a step.</summary>
    bool IsSaturation(NodeProto clamp, QuantizationParameters of)
    {
        var limits = OperatorTable.Find(clamp, index)!.Limits(clamp, index);
        return of.Least > limits.Least - (of.Scale / 2) && of.Largest < limits.Largest + (of.Scale / 2);
    }

    void RenameOutput(NodeProto node, string from, string to)
    {
        index.Remove(node);
        node.Output[node.Output.IndexOf(from)] = to;
        index.Add(node);
    }
}
