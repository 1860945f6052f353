// A network with all its inputs and outputs in memory that is allocated once. Unaware of clocks.

using Imagecraft.Infer.Data;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Infer.Network;

/// <summary>
/// Runs a network again and again on bound tensors (ONNX Runtime's I/O binding), without an allocation and without a copy.
/// Carried values lie in two tensors that change places after each run: what one run wrote, the next reads.
/// </summary>
sealed class BoundStream : IDisposable
{
    readonly Net net;
    readonly List<OrtValue> tensors = [];
    readonly OrtIoBinding[] turns;
    int turn;

    /// <param name="inputs">Values of all inputs; they have passed <see cref="Net.Check"/>.</param>
    /// <param name="outputs">What the network gave for them: the types and shapes to allocate.</param>
    /// <param name="carries">Input name to the output that is fed back into it.</param>
    public BoundStream(Net net, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyDictionary<string, Tensor> outputs, IReadOnlyDictionary<string, string> carries)
    {
        this.net = net;
        var read = inputs.ToDictionary(pair => pair.Key, pair => Allocate(pair.Value));
        var written = outputs.ToDictionary(pair => pair.Key, pair => Allocate(pair.Value));
        if (carries.Count == 0)
        {
            turns = [net.Bind(read, written)];
            return;
        }
        var (readBack, writtenBack) = (read.ToDictionary(), written.ToDictionary());
        foreach (var (input, output) in carries)
        {
            if (net.Input(input).Type != net.Output(output).Type || !inputs[input].Shape.AsSpan().SequenceEqual(outputs[output].Shape))
                throw new InferException($"Output `{output}` of shape {Tensor.Format(outputs[output].Shape)} cannot be carried into input `{input}` of shape {Tensor.Format(inputs[input].Shape)}");
            (readBack[input], writtenBack[output]) = (written[output], read[input]);
        }
        turns = [net.Bind(read, written), net.Bind(readBack, writtenBack)];
    }

    /// <summary>Computes the outputs of one sample.</summary>
    public void Run()
    {
        net.Run(turns[turn]);
        turn = (turn + 1) % turns.Length;
    }

    public void Dispose()
    {
        foreach (var binding in turns)
            binding.Dispose();
        foreach (var tensor in tensors)
            tensor.Dispose();
    }

    OrtValue Allocate(Tensor content)
    {
        var tensor = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, OrtTypes.ToOrt(content.Type), content.Shape);
        tensors.Add(tensor);
        content.Bytes.Span.CopyTo(tensor.GetTensorMutableRawData());
        return tensor;
    }
}
