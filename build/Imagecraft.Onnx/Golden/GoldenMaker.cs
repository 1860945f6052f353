// Computes golden inputs and outputs of samples. Unaware of recipes and of the engine.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Golden;

/// <summary>The reference computes the outputs; the deployed model must reproduce them here before a board is asked to.</summary>
public static class GoldenMaker
{
    /// <summary>
    /// Writes <c>SAMPLE/inputs/NAME.npy</c> (frames stacked, state at the start) and <c>SAMPLE/expected/NAME.npy</c> (outputs stacked, last state) below <paramref name="folder"/>.
    /// </summary>
    public static IReadOnlyList<SampleResult> Make(ReferenceNetwork reference, ReferenceNetwork deployed, Func<TensorPort, IReadOnlyList<LabelledSequence>> samples, string folder, ModelOptions options, CancellationToken cancellationToken)
    {
        var (golden, tried) = (new Recurrence(reference, options.Carry, options.Name), new Recurrence(deployed, options.Carry, options.Name));
        var results = new List<SampleResult>();
        foreach (var sample in samples(golden.Sequence))
        {
            var frames = sample.Frames;
            var outputs = golden.Run(frames, cancellationToken);
            var deviation = Largest(outputs, tried.Run(frames, cancellationToken));
            if (!(deviation <= options.Tolerance))
                throw new OnnxException(FormattableString.Invariant($"The prepared model `{options.Name}` deviates by {deviation:G3} from the original on the sample `{sample.Name}`, allowed is {options.Tolerance:G3}; choose a lower `optimize` level or a larger `tolerance`"));
            var inputs = golden.Start();
            inputs[golden.Sequence.Name] = frames;
            Write(Path.Combine(folder, sample.Name, "inputs"), inputs);
            Write(Path.Combine(folder, sample.Name, "expected"), outputs);
            results.Add(new(sample.Name, (int)frames.Shape[0], Expectations.Mean(outputs[golden.FirstOutput]), deviation));
        }
        return results;
    }

    /// <summary>The largest deviation over all outputs; infinite when one is missing.</summary>
    internal static double Largest(Dictionary<string, FloatTensor> left, Dictionary<string, FloatTensor> right) =>
        left.Max(pair => right.TryGetValue(pair.Key, out var other) ? pair.Value.Deviation(other) : double.PositiveInfinity);

    static void Write(string folder, Dictionary<string, FloatTensor> tensors)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, tensor) in tensors)
            NpyWriter.Write(Path.Combine(folder, name.Replace('/', '_') + ".npy"), tensor);
    }
}
