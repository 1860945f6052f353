// Steps a network over the leading dimension of its inputs. Unaware of files.

using Imagecraft.Infer.Data;

namespace Imagecraft.Infer.Network;

/// <summary>Feeds frame by frame; outputs named in the carries become inputs of the next step.</summary>
/// <param name="Sequences">The inputs whose tensors have one more leading dimension: the frames, as many for each.</param>
/// <param name="Carries">Input name to the output that is fed back into it.</param>
sealed record Stepper(IReadOnlyList<string> Sequences, IReadOnlyDictionary<string, string> Carries)
{
    /// <summary>
    /// All outputs: stacked over the frames, but for carried ones, of which the last is given.
    /// A carried input that is not given starts as zeros.
    /// </summary>
    /// <param name="frames">How many frames; null: as many as the sequences have.</param>
    public Dictionary<string, Tensor> Run(Net net, IReadOnlyDictionary<string, Tensor> given, long? frames = null)
    {
        foreach (var name in Sequences)
            frames = Frames(net, name, given, frames);
        var inputs = new Dictionary<string, Tensor>(given);
        foreach (var (input, output) in Carries)
        {
            net.Output(output);
            if (!inputs.ContainsKey(input))
                inputs[input] = Start(net.Input(input));
        }

        var stacks = net.Outputs.Where(port => !Carries.Values.Contains(port.Name)).ToDictionary(port => port.Name, _ => new List<Tensor>());
        Dictionary<string, Tensor> outputs = [];
        for (long frame = 0; frame < frames; frame++)
        {
            foreach (var name in Sequences)
                inputs[name] = given[name].Slice(frame);
            net.Check(inputs);
            outputs = net.Run(inputs);
            foreach (var (input, output) in Carries)
                inputs[input] = outputs[output];
            foreach (var (name, stack) in stacks)
                stack.Add(outputs[name]);
        }
        foreach (var (name, stack) in stacks)
            outputs[name] = Stack(name, stack);
        return outputs;
    }

    static long Frames(Net net, string name, IReadOnlyDictionary<string, Tensor> given, long? others)
    {
        net.Input(name);
        if (!given.TryGetValue(name, out var tensor))
            throw new InferException($"Input `{name}` is missing, give it with --input {name}=FILE");
        if (tensor.Shape.Length == 0 || tensor.Shape[0] == 0)
            throw new InferException($"Input `{name}` of shape {Tensor.Format(tensor.Shape)} has no frames along its leading dimension");
        return others is null || others == tensor.Shape[0]
            ? tensor.Shape[0]
            : throw new InferException($"Input `{name}` has {tensor.Shape[0]} frames along its leading dimension, but the inputs before it {others}");
    }

    static Tensor Start(Port port) => port.IsFixed
        ? Tensor.Zeros(port.Type, port.Shape)
        : throw new InferException($"Carried input `{port.Name}` has the free shape {Tensor.Format(port.Shape)}, give its start with --input {port.Name}=FILE");

    static Tensor Stack(string name, List<Tensor> frames)
    {
        var first = frames[0];
        var bytes = new byte[Tensor.Length(first.Type, [frames.Count, .. first.Shape])];
        var at = 0;
        foreach (var frame in frames)
        {
            if (!frame.Shape.AsSpan().SequenceEqual(first.Shape))
                throw new InferException($"Output `{name}` changes its shape from {Tensor.Format(first.Shape)} to {Tensor.Format(frame.Shape)} between frames");
            frame.Bytes.Span.CopyTo(bytes.AsSpan(at));
            at += frame.Bytes.Length;
        }
        return new(first.Type, [frames.Count, .. first.Shape], bytes);
    }
}
