// Steps a network over frames and feeds outputs back. Unaware of audio and files.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Reference;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Execution;

/// <summary>A network with the wiring of its recurrent state: carried inputs start as zeros, all others take the frames.</summary>
public sealed class Recurrence
{
    readonly ReferenceNetwork network;
    readonly ImmutableSortedDictionary<string, string> carry;
    readonly Dictionary<string, TensorPort> inputs;
    readonly string model;

    /// <summary>Checks that the wiring fits the network; <paramref name="model"/> names it in messages.</summary>
    public Recurrence(ReferenceNetwork network, ImmutableSortedDictionary<string, string> carry, string model)
    {
        (this.network, this.carry, this.model) = (network, carry, model);
        inputs = network.Inputs.ToDictionary(port => port.Name);
        var outputs = network.Outputs.Select(port => port.Name).ToArray();
        foreach (var (input, output) in carry)
        {
            if (!inputs.ContainsKey(input))
                throw new OnnxException($"`carry` names the input `{input}`, but `{model}` has [{string.Join(", ", inputs.Keys)}]");
            if (!outputs.Contains(output))
                throw new OnnxException($"`carry` names the output `{output}`, but `{model}` has [{string.Join(", ", outputs)}]");
        }
        foreach (var port in network.Inputs)
        {
            if (port.Element == ElementType.Undefined)
                throw new OnnxException($"Input `{port.Name}` of `{model}` is {port.Type}, but only numbers and booleans can be fed; fix it in `constants`");
            if (Array.Exists(port.Shape, size => size < 0))
                throw new OnnxException($"Input `{port.Name}` of `{model}` has a free shape; fix it in `shapes`");
        }
        foreach (var port in network.Outputs)
            if (port.Element == ElementType.Undefined)
                throw new OnnxException($"Output `{port.Name}` of `{model}` is {port.Type}, but only numbers and booleans can be compared; cut the network before it");
        Sequences = [.. network.Inputs.Where(port => !carry.ContainsKey(port.Name))];
    }

    /// <summary>The inputs that take the frames.</summary>
    public ImmutableArray<TensorPort> Sequences { get; }

    /// <summary>The one input that takes the frames of samples and datasets, or those of a text as one; an <see cref="OnnxException"/> when there are none or several.</summary>
    public TensorPort Sequence => Sequences is [var only]
        ? only
        : TextInputs.Together(Sequences) ?? throw new OnnxException($"`{model}` needs exactly one input for the samples, but it has [{string.Join(", ", Sequences.Select(port => port.Name))}]; name the others in `carry` or `constants`, or let inputs of one text have one shape and names such as `input_ids` and `attention_mask`");

    /// <summary>The outputs.</summary>
    public IReadOnlyList<TensorPort> Outputs => network.Outputs;

    /// <summary>The first output that is not carried, whose mean is judged; the first one where all are.</summary>
    public string FirstOutput => Judged[0];

    /// <summary>The outputs that are not carried; the first one where all are.</summary>
    public ImmutableArray<string> Judged => [.. network.Outputs.Where((port, i) => !carry.ContainsValue(port.Name) || (i == 0 && network.Outputs.All(other => carry.ContainsValue(other.Name)))).Select(port => port.Name)];

    /// <summary>The carried inputs at the start: zeros.</summary>
    public Dictionary<string, TypedTensor> Start() => carry.Keys.ToDictionary(name => name, name => TypedTensor.Zeros(inputs[name].Element, inputs[name].Shape));

    /// <summary>Frames of <see cref="Sequence"/> as what its type is.</summary>
    public FrameSet Frames(string name, FloatTensor frames) =>
        new(name, (int)frames.Shape[0], TextInputs.Apart(Sequence, frames).ToDictionary(part => part.Input.Name, part => TypedTensor.Of(new([frames.Shape[0], .. part.Input.Shape], part.Frames), part.Input.Element)));

    /// <summary>All outputs as floats, stacked over the frames; of carried ones the last alone.</summary>
    /// <param name="frames">Leading dimension: the frames; then the shape of <see cref="Sequence"/>.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public Dictionary<string, FloatTensor> Run(FloatTensor frames, CancellationToken cancellationToken) =>
        Run((int)frames.Shape[0], Slices(frames), cancellationToken).ToDictionary(pair => pair.Key, pair => pair.Value.Floats());

    /// <summary>All outputs stacked over the frames; of carried ones the last alone.</summary>
    /// <param name="frames">For all of <see cref="Sequences"/>.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public Dictionary<string, TypedTensor> Run(FrameSet frames, CancellationToken cancellationToken) =>
        Run(frames.Count, at => frames.Inputs.Select(pair => (pair.Key, pair.Value.Slice(at))), cancellationToken);

    /// <summary>Shows the floats of the outputs of each frame where they lie, so that not even those of one frame are held; other numbers are shown as floats.</summary>
    /// <param name="frames">As for <see cref="Run(FloatTensor, CancellationToken)"/>.</param>
    /// <param name="visit">Called for each output of each frame.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    internal void Visit(FloatTensor frames, TensorVisitor visit, CancellationToken cancellationToken) =>
        Step((int)frames.Shape[0], Slices(frames), (name, tensor) => visit(name, Array.ConvertAll(tensor.Shape, size => (long)size), tensor.Type == ElementType.Float ? tensor.Span<float>() : tensor.ToTyped().Floats().Values), cancellationToken);

    Func<int, IEnumerable<(string, TypedTensor)>> Slices(FloatTensor frames)
    {
        var (port, length) = (Sequence, frames.Values.Length / (int)frames.Shape[0]);
        return at => TextInputs.Apart(port, new([1, .. port.Shape], frames.Values[(at * length)..((at + 1) * length)])).Select(part => (part.Input.Name, TypedTensor.Of(new(part.Input.Shape, part.Frames), part.Input.Element)));
    }

    Dictionary<string, TypedTensor> Run(int count, Func<int, IEnumerable<(string, TypedTensor)>> frame, CancellationToken cancellationToken)
    {
        var stacks = network.Outputs.Where(port => !carry.ContainsValue(port.Name)).ToDictionary(port => port.Name, _ => new List<TypedTensor>());
        var outputs = new Dictionary<string, TypedTensor>();
        Step(
            count,
            frame,
            (name, tensor) =>
            {
                if (stacks.TryGetValue(name, out var stack))
                    stack.Add(tensor.ToTyped());
                else
                    outputs[name] = tensor.ToTyped();
            },
            cancellationToken);
        foreach (var (name, stack) in stacks)
            outputs[name] = TypedTensor.Stack(stack) ?? throw new OnnxException($"Output `{name}` of `{model}` changes its shape between frames, from [{string.Join(", ", stack[0].Shape)}]; give it one frame only by `golden: {{ count: 1 }}`, or cut the network before it");
        return outputs;
    }

    void Step(int count, Func<int, IEnumerable<(string, TypedTensor)>> frame, Action<string, Tensor> visit, CancellationToken cancellationToken)
    {
        var values = Start();
        for (var at = 0; at < count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (name, tensor) in frame(at))
                values[name] = tensor;
            var next = new Dictionary<string, TypedTensor>();
            network.Visit(values, (name, tensor) =>
            {
                foreach (var (input, carried) in carry)
                    if (carried == name)
                        next[input] = tensor.ToTyped();
                visit(name, tensor);
            }, cancellationToken);
            foreach (var (input, tensor) in next)
                values[input] = tensor;
        }
    }
}
