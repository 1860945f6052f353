// Shows values within a network while it runs. Unaware of what they are shown for.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>Makes inner values outputs of a copy of the network, as many at a time as fit the memory budget, and runs it over sequences.</summary>
/// <param name="model">The float network, with fixed shapes.</param>
/// <param name="carry">Input name to the output that is fed back into it.</param>
/// <param name="file">Names the model in messages.</param>
sealed class ActivationProbe(ModelProto model, ImmutableSortedDictionary<string, string> carry, string file)
{
    /// <summary>Bytes of outputs that one run may hold.</summary>
    const long Budget = 256 << 20;

    /// <summary>What a value of unknown shape is taken for.</summary>
    const long UnknownSize = 16 << 20;

    /// <summary>What calibration cannot work with.</summary>
    public OnnxException NotFinite(string value) => new($"The value `{value}` of `{file}` is not finite for the calibration data; look for NaN or infinite numbers in the data and the weights");

    /// <summary>Runs all sequences once for every batch of values.</summary>
    /// <param name="values">Names of float values of the main graph.</param>
    /// <param name="sequences">Stacks of frames; enumerated once for every batch.</param>
    /// <param name="visit">Called for each value at each frame.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public void Observe(IReadOnlyCollection<string> values, IEnumerable<FloatTensor> sequences, TensorVisitor visit, CancellationToken cancellationToken)
    {
        foreach (var batch in Batches(values))
        {
            var (exposed, shown) = Expose(batch);
            var recurrence = new Recurrence(new(exposed, file), carry, file);
            foreach (var frames in sequences)
                recurrence.Visit(Checked(frames, recurrence.Sequence), (name, shape, output) =>
                {
                    if (shown.TryGetValue(name, out var value))
                        visit(value, shape, output);
                }, cancellationToken);
        }
    }

    /// <summary>A copy with more outputs, and the probed value of each.</summary>
    (ModelProto Model, Dictionary<string, string> Shown) Expose(IReadOnlyList<string> batch)
    {
        var copy = model.Clone();
        var index = new GraphIndex(copy.Graph, file);
        var shown = new Dictionary<string, string>();
        foreach (var value in batch)
        {
            // An input cannot be an output by itself.
            var output = index.Producer(value) is null ? index.Add(new NodeProto { OpType = "Identity", Input = { value }, Output = { index.FreshName(value + ".probe") } }).Output[0] : value;
            shown.Add(output, value);
            if (!index.IsOutput(output))
                copy.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float } } });
        }
        copy.Graph.Node.Clear();
        copy.Graph.Node.AddRange(index.TopologicalOrder());
        return (copy, shown);
    }

    IEnumerable<IReadOnlyList<string>> Batches(IEnumerable<string> values)
    {
        var index = new GraphIndex(model.Graph, file);
        var (batch, size) = (new List<string>(), 0L);
        foreach (var value in values)
        {
            var bytes = index.TryStaticShape(value, out var shape) ? shape.Aggregate(4L, (product, length) => product * length) : UnknownSize;
            if (batch.Count > 0 && size + bytes > Budget)
            {
                yield return batch;
                (batch, size) = ([], 0);
            }
            batch.Add(value);
            size += bytes;
        }
        if (batch.Count > 0)
            yield return batch;
    }

    FloatTensor Checked(FloatTensor frames, TensorPort input) =>
        frames.Shape.AsSpan(1..).SequenceEqual(input.Shape) && frames.Shape[0] > 0
            ? frames
            : throw new OnnxException($"The calibration data of `{file}` have the shape [{string.Join(", ", frames.Shape)}], but frames of the input `{input.Name}` have [{string.Join(", ", input.Shape)}]; prepare the data for this input, with the number of frames first");
}
