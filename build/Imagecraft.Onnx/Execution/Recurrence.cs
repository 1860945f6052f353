// Steps a network over frames and feeds outputs back. Unaware of audio and files.

using System.Collections.Immutable;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Execution;

/// <summary>A network with the wiring of its recurrent state: one input takes the frames, all others are carried and start as zeros.</summary>
public sealed class Recurrence
{
    readonly ReferenceNetwork network;
    readonly ImmutableSortedDictionary<string, string> carry;
    readonly Dictionary<string, TensorPort> inputs;

    /// <summary>Checks that the wiring fits the network; <paramref name="model"/> names it in messages.</summary>
    public Recurrence(ReferenceNetwork network, ImmutableSortedDictionary<string, string> carry, string model)
    {
        this.network = network;
        this.carry = carry;
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
            if (port.Type != "float32")
                throw new OnnxException($"Input `{port.Name}` of `{model}` is {port.Type}, only float32 can be fed with samples; fix it in `constants`");
            if (Array.Exists(port.Shape, size => size < 0))
                throw new OnnxException($"Input `{port.Name}` of `{model}` has a free shape; fix it in `shapes`");
        }
        foreach (var port in network.Outputs)
            if (port.Type != "float32")
                throw new OnnxException($"Output `{port.Name}` of `{model}` is {port.Type}, only float32 can be compared");
        var free = inputs.Keys.Where(name => !carry.ContainsKey(name)).ToArray();
        if (free.Length != 1)
            throw new OnnxException($"`{model}` needs exactly one input for the samples, but it has [{string.Join(", ", free)}]; name the others in `carry` or `constants`");
        Sequence = inputs[free[0]];
    }

    /// <summary>The input that takes the frames.</summary>
    public TensorPort Sequence { get; }

    /// <summary>The first output, whose mean is judged.</summary>
    public string FirstOutput => network.Outputs[0].Name;

    /// <summary>The carried inputs at the start: zeros.</summary>
    public Dictionary<string, FloatTensor> Start() => carry.Keys.ToDictionary(name => name, name => FloatTensor.Zeros(inputs[name].Shape));

    /// <summary>All outputs stacked over the frames; of carried ones the last alone.</summary>
    /// <param name="frames">Leading dimension: the frames; then the shape of <see cref="Sequence"/>.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public Dictionary<string, FloatTensor> Run(FloatTensor frames, CancellationToken cancellationToken)
    {
        var stacks = network.Outputs.Where(port => !carry.ContainsValue(port.Name)).ToDictionary(port => port.Name, _ => new List<FloatTensor>());
        var outputs = new Dictionary<string, FloatTensor>();
        Visit(
            frames,
            (name, shape, values) =>
            {
                var tensor = new FloatTensor(shape, values.ToArray());
                if (stacks.TryGetValue(name, out var stack))
                    stack.Add(tensor);
                else
                    outputs[name] = tensor;
            },
            cancellationToken);
        foreach (var (name, stack) in stacks)
            outputs[name] = new([frames.Shape[0], .. stack[0].Shape], [.. stack.SelectMany(tensor => tensor.Values)]);
        return outputs;
    }

    /// <summary>Shows the outputs of each frame where they lie, so that not even those of one frame are held.</summary>
    /// <param name="frames">As for <see cref="Run"/>.</param>
    /// <param name="visit">Called for each output of each frame.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    internal void Visit(FloatTensor frames, TensorVisitor visit, CancellationToken cancellationToken)
    {
        var count = (int)frames.Shape[0];
        var length = frames.Values.Length / count;
        var values = Start();
        for (var frame = 0; frame < count; frame++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            values[Sequence.Name] = new(Sequence.Shape, frames.Values[(frame * length)..((frame + 1) * length)]);
            var next = new Dictionary<string, FloatTensor>();
            network.Visit(values, (name, shape, output) =>
            {
                foreach (var (input, carried) in carry)
                    if (carried == name)
                        next[input] = new(shape, output.ToArray());
                visit(name, shape, output);
            }, cancellationToken);
            foreach (var (input, tensor) in next)
                values[input] = tensor;
        }
    }
}
