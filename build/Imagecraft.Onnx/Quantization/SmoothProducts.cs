// Moves outliers of what matrix products read into their weights. Unaware of integers.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// Divides the channels of a value that nothing but products with constant weights read by factors with which the rows of these weights are multiplied: the network computes the same, but one scale fits the value, of which a few
/// channels are often a hundred times the others in transformers. The scale and bias of a <c>LayerNormalization</c>, a <c>Mul</c> and <c>Add</c> by channel, or the weights and bias of another product, also behind a <c>Relu</c>,
/// take up the division.
/// </summary>
/// <remarks>Source of the method: G. Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models" (2023), with a strength of one half.</remarks>
sealed class SmoothProducts
{
    /// <summary>Factors stay between this and its reciprocal.</summary>
    const float MostStretch = 256;

    /// <summary>Where no channel is that many times the middle one, one scale fits, and weights would only lose by taking up factors.</summary>
    const float Outlying = 4;

    readonly GraphIndex index;
    readonly ImmutableSortedSet<string> keep;
    readonly List<Place> places;

    SmoothProducts(GraphIndex index, ImmutableSortedSet<string> keep)
    {
        (this.index, this.keep) = (index, keep);
        places = [.. index.TopologicalOrder().Where(IsProduct).Select(product => product.Input[0]).Distinct().Select(Find).OfType<Place>()];
    }

    /// <summary>Changes the weights of a network whose values <paramref name="probe"/> shows.</summary>
    /// <param name="model">Is changed.</param>
    /// <param name="probe">Runs the same network.</param>
    /// <param name="sequences">Stacks of frames.</param>
    /// <param name="keep">Names and kinds of nodes whose weights stay.</param>
    /// <param name="file">Names the model in messages.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Apply(ModelProto model, ActivationProbe probe, IEnumerable<FloatTensor> sequences, ImmutableSortedSet<string> keep, string file, CancellationToken cancellationToken)
    {
        var smooth = new SmoothProducts(new(model.Graph, file), keep);
        if (smooth.places.Count == 0)
            return;
        var peaks = smooth.places.ToDictionary(place => place.Value, place => new float[place.Channels]);
        probe.Observe(peaks.Keys, sequences, (name, _, values) =>
        {
            var found = peaks[name];
            for (var i = 0; i < values.Length; i++)
                found[i % found.Length] = Math.Max(found[i % found.Length], Math.Abs(values[i]));
        }, cancellationToken);
        foreach (var place in smooth.places)
            smooth.Scale(place, peaks[place.Value]);
        smooth.index.Finish();
    }

    bool IsProduct(NodeProto node) =>
        node.Is("MatMul", "Gemm") && node.GetInteger("transA", 0) == 0 && !keep.Contains(node.OpType) && !keep.Contains(QuantizationPlanner.NameOf(node)) && Own(node.InputAt(1)) is { Dims.Count: 2 };

    /// <summary>A float constant that one node alone reads.</summary>
    TensorProto? Own(string value) => index.Constant(value) is { DataType: (int)ElementType.Float } tensor && index.Consumers(value).Count == 1 ? tensor : null;

    Place? Find(string value)
    {
        var readers = index.Consumers(value);
        if (index.IsOutput(value) || !readers.All(reader => IsProduct(reader) && reader.Input[0] == value))
            return null;
        var channels = (int)Rows(readers[0]);
        return readers.All(reader => Rows(reader) == channels) && Maker(value, channels) is { } taken ? new(value, channels, readers, taken) : null;
    }

    long Rows(NodeProto product) => index.Constant(product.Input[1])!.Dims[product.GetInteger("transB", 0) == 0 ? 0 : 1];

    /// <summary>Constants by which the value is made, each with how many values of it lie between two channels: divided, they divide the value; null where there are none.</summary>
    List<Taken>? Maker(string value, int channels)
    {
        if (index.Producer(value) is not { } maker)
            return null;
        if (maker.Is("Relu") && index.OnlyConsumer(maker.Input[0]) is not null)
            return index.Producer(maker.Input[0]) is { } before && IsProduct(before) ? Product(before, channels) : null;
        if (maker.Is("LayerNormalization"))
            return maker.Output.Count == 1 && Vector(maker, 1, channels) is { } scale ? maker.InputAt(2).Length == 0 ? [scale] : Vector(maker, 2, channels) is { } shift ? [scale, shift] : null : null;
        if (maker.Is("Mul"))
            return Side(maker, channels) is { } factor ? [factor] : null;
        if (maker.Is("Add") && Side(maker, channels) is { } summand && index.OnlyConsumer(maker.Input[1 - summand.At]) is not null && index.Producer(maker.Input[1 - summand.At]) is { } scaled)
            return scaled.Is("Mul") && Side(scaled, channels) is { } other ? [summand, other] : IsProduct(scaled) && Product(scaled, channels) is [var weights] ? [summand, weights] : null;
        return IsProduct(maker) ? Product(maker, channels) : null;
    }

    /// <summary>Weights, and the bias where there is one.</summary>
    List<Taken>? Product(NodeProto product, int channels)
    {
        var turned = product.GetInteger("transB", 0) != 0;
        var weights = index.Constant(product.Input[1])!;
        if (weights.Dims[turned ? 0 : 1] != channels)
            return null;
        var taken = new Taken(product, 1, turned ? (int)weights.Dims[1] : 1);
        return product.InputAt(2).Length == 0 ? [taken] : Vector(product, 2, channels) is { } bias ? [taken, bias] : null;
    }

    Taken? Side(NodeProto node, int channels) => node.Input.Count == 2 ? Vector(node, 1, channels) ?? Vector(node, 0, channels) : null;

    /// <summary>A constant with one value for each channel of the last dimension.</summary>
    Taken? Vector(NodeProto node, int at, int channels) =>
        index.Constant(node.InputAt(at)) is { DataType: (int)ElementType.Float } tensor && TensorData.Count(tensor) == channels && tensor.Dims.Count > 0 && tensor.Dims[^1] == channels ? new(node, at, 1) : null;

    void Scale(Place place, float[] peaks)
    {
        float[] sizes = [.. peaks.Where(peak => peak > 0).Order()];
        if (sizes.Length == 0 || sizes[^1] < Outlying * sizes[sizes.Length / 2])
            return;
        var reached = new float[place.Channels];
        foreach (var reader in place.Readers)
            Visit(reader, (weights, at, channel) => reached[channel] = Math.Max(reached[channel], Math.Abs(weights[at])));
        var wanted = peaks.Zip(reached, (peak, weight) => peak > 0 && weight > 0 ? Math.Sqrt(peak / (double)weight) : 0).ToArray();
        // The middle keeps its size, so that neither side grows as a whole.
        double[] used = [.. wanted.Where(factor => factor > 0 && double.IsFinite(factor)).Order()];
        if (used.Length == 0)
            return;
        var middle = used[used.Length / 2];
        float[] factors = [.. wanted.Select(factor => factor > 0 ? (float)Math.Clamp(factor / middle, 1 / MostStretch, MostStretch) : 1)];
        foreach (var (node, at, inner) in place.Makers)
            Replace(node, at, (value, i) => value / factors[i / inner % factors.Length]);
        foreach (var reader in place.Readers)
        {
            var shape = index.Constant(reader.Input[1])!.Dims;
            var step = reader.GetInteger("transB", 0) == 0 ? (int)shape[1] : 1;
            Replace(reader, 1, (value, i) => value * factors[i / step % factors.Length]);
        }
    }

    void Visit(NodeProto product, Action<float[], int, int> visit)
    {
        var tensor = index.Constant(product.Input[1])!;
        var (weights, step, rows) = (TensorData.ReadFloats(tensor), product.GetInteger("transB", 0) == 0 ? (int)tensor.Dims[1] : 1, (int)Rows(product));
        for (var i = 0; i < weights.Length; i++)
            visit(weights, i, i / step % rows);
    }

    void Replace(NodeProto node, int at, Func<float, int, float> change)
    {
        var tensor = index.Constant(node.Input[at])!;
        index.SetInput(node, at, index.Add(TensorData.Make<float>(index.FreshName(tensor.Name), [.. TensorData.ReadFloats(tensor).Select(change)], [.. tensor.Dims])));
    }

    /// <summary>A constant by channel that makes a value.</summary>
    sealed record Taken(NodeProto Node, int At, int Inner);

    /// <summary>A value, what reads it and what makes it.</summary>
    sealed record Place(string Value, int Channels, IReadOnlyList<NodeProto> Readers, List<Taken> Makers);
}
