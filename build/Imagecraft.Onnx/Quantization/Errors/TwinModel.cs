// Puts a float network and its quantized form into one that measures their difference. Unaware of samples.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Errors;

/// <summary>
/// Both networks side by side, the quantized one with a suffix to all its names, and each quantized layer once more on the float network's values.
/// For each layer three sums of squares are outputs: so no inner value is ever held, however large.
/// </summary>
sealed class TwinModel
{
    const string Accumulated = "~quantized", Own = "~own";

    readonly QuantizedModel quantized;
    readonly ImmutableHashSet<string> shared;
    readonly string file;
    readonly GraphIndex index;
    readonly GraphIndex twin;

    TwinModel(QuantizedModel quantized, ImmutableHashSet<string> shared, string file)
    {
        (this.quantized, this.shared, this.file) = (quantized, shared, file);
        Model = quantized.Reference.Clone();
        index = new(quantized.Model.Graph, file);
        AddQuantized();
        twin = new(Model.Graph, file);
    }

    /// <summary>The network of both.</summary>
    public ModelProto Model { get; }

    /// <summary>Names of the sums for each layer: of the signal, of the accumulated noise and of the layer's own.</summary>
    public ImmutableArray<(string Signal, string Accumulated, string Own)> Sums { get; private set; }

    /// <summary>Builds it.</summary>
    /// <param name="quantized">Both networks.</param>
    /// <param name="shared">The inputs that both share; all others are states, which each has for itself.</param>
    /// <param name="file">Names the model in messages.</param>
    public static TwinModel Of(QuantizedModel quantized, ImmutableHashSet<string> shared, string file)
    {
        var twin = new TwinModel(quantized, shared, file);
        var reference = new GraphIndex(quantized.Reference.Graph, file);
        twin.Sums = [.. quantized.Layers.Select((layer, at) =>
        {
            var effective = EffectiveRange.Of(reference, layer.Output);
            var output = twin.Limit(layer.Output, effective);
            return (
                twin.Sum($"{at}~signal", output),
                twin.Noise($"{at}~accumulated", output, twin.Limit(layer.Output + Accumulated, effective)),
                twin.Noise($"{at}~own", output, twin.Limit(twin.AddOwn(layer, at), effective)));
        })];
        twin.twin.Finish();
        return twin;
    }

    /// <summary>The wiring of the states of both.</summary>
    public static ImmutableSortedDictionary<string, string> Carry(ImmutableSortedDictionary<string, string> carry) =>
        carry.AddRange(carry.Select(pair => KeyValuePair.Create(pair.Key + Accumulated, pair.Value + Accumulated)));

    void AddQuantized()
    {
        var graph = quantized.Model.Clone().Graph;
        Model.Graph.Node.AddRange(graph.Node);
        foreach (var node in graph.Node)
            Rename(node, Accumulated);
        foreach (var tensor in graph.Initializer)
            tensor.Name += Accumulated;
        Model.Graph.Initializer.AddRange(graph.Initializer);
        foreach (var input in graph.Input.Where(input => !shared.Contains(input.Name)))
        {
            input.Name += Accumulated;
            Model.Graph.Input.Add(input);
        }
        foreach (var output in graph.Output)
        {
            output.Name += Accumulated;
            Model.Graph.Output.Add(output);
        }
        foreach (var opset in quantized.Model.OpsetImport.Where(opset => Model.OpsetImport.All(known => known.Domain != opset.Domain)))
            Model.OpsetImport.Add(opset.Clone());
    }

    /// <summary>Suffixes every name but those of shared inputs, in graphs within the node too.</summary>
    void Rename(NodeProto node, string suffix)
    {
        string To(string name) => name.Length == 0 || shared.Contains(name) ? name : name + suffix;
        (string[] inputs, string[] outputs) = ([.. node.Input.Select(To)], [.. node.Output.Select(To)]);
        node.Input.Clear();
        node.Input.AddRange(inputs);
        node.Output.Clear();
        node.Output.AddRange(outputs);
        if (node.Name.Length > 0)
            node.Name += suffix;
        foreach (var inner in node.Subgraphs())
        {
            foreach (var value in inner.Input.Concat(inner.Output))
                value.Name = To(value.Name);
            foreach (var tensor in inner.Initializer)
                tensor.Name = To(tensor.Name);
            foreach (var child in inner.Node)
                Rename(child, suffix);
        }
    }

    /// <summary>A copy of one layer from its inputs' integers to its output's; gives the name of its output.</summary>
    string AddOwn(QuantizedLayer layer, int at)
    {
        var suffix = $"{Own}{at}";
        var made = new Dictionary<string, string>();
        return Copy(layer.Output, inside: true);

        // Within the layer are its node, the clamp behind it, and the pair of its output; what the node reads is outside.
        string Copy(string value, bool inside)
        {
            if (value.Length == 0)
                return value;
            if (made.TryGetValue(value, out var done))
                return done;
            var producer = index.Producer(value);
            if (!inside)
                return made[value] = Read(value, producer, suffix);
            var copy = producer!.Clone();
            var isLayer = producer.OpType == layer.Kind;
            for (var i = 0; i < copy.Input.Count; i++)
                copy.Input[i] = Copy(copy.Input[i], inside: !isLayer && i == 0);
            copy.Output[0] = made[value] = value + suffix;
            copy.Name = "";
            twin.Add(copy);
            return copy.Output[0];
        }
    }

    /// <summary>What a layer reads: constants as quantized, activations of the float network through the integers of the quantized one.</summary>
    string Read(string value, NodeProto? producer, string suffix)
    {
        if (producer?.OpType != "DequantizeLinear")
            return producer is null && index.Constant(value) is not null ? value + Accumulated : value;
        if (index.Constant(producer.Input[0]) is not null)
            return value + Accumulated;
        // Where a summand became part of a zero point, the integers are those of the value before it.
        var (floating, maker) = (quantized.Origins[producer.Input[0]], index.Producer(producer.Input[0])!);
        var integers = twin.Add(new NodeProto { OpType = "QuantizeLinear", Domain = producer.Domain, Input = { floating, maker.Input[1] + Accumulated, maker.Input[2] + Accumulated }, Output = { twin.FreshName($"{value}.q{suffix}") } }).Output[0];
        return twin.Add(new NodeProto { OpType = "DequantizeLinear", Domain = producer.Domain, Input = { integers, producer.Input[1] + Accumulated, producer.Input[2] + Accumulated }, Output = { twin.FreshName($"{value}.d{suffix}") } }).Output[0];
    }

    /// <summary>What of a value makes a difference to its readers: integers are not made for the rest, so it is no error.</summary>
    string Limit(string value, ValueRange effective)
    {
        if (float.IsInfinity(effective.Least) && float.IsInfinity(effective.Largest))
            return value;
        var limits = new[] { effective.Least, effective.Largest }.Select(limit => float.IsInfinity(limit) ? "" : twin.Add(TensorData.Make<float>(twin.FreshName("limit"), [limit])));
        return twin.Add(new NodeProto { OpType = "Clip", Input = { value, limits }, Output = { twin.FreshName(value + ".limited") } }).Output[0];
    }

    string Noise(string stem, string value, string other) =>
        Sum(stem, twin.Add(new NodeProto { OpType = "Sub", Input = { value, other }, Output = { twin.FreshName($"{stem}.difference") } }).Output[0]);

    string Sum(string stem, string value)
    {
        var node = twin.Add(new NodeProto { OpType = "ReduceSumSquare", Input = { value }, Output = { twin.FreshName($"{stem}.sum") } }.With("keepdims", 0L));
        Model.Graph.Output.Add(new ValueInfoProto { Name = node.Output[0], Type = new() { TensorType = new() { ElemType = (int)ElementType.Float } } });
        return node.Output[0];
    }
}
