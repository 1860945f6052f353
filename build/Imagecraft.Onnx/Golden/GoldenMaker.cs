// Computes golden inputs and outputs of samples. Unaware of recipes and of the engine.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Golden;

/// <summary>What golden files were made, and by which rules a board is held against them.</summary>
/// <param name="Results">What came out for each sample.</param>
/// <param name="Tolerances">How far each output of the board may deviate.</param>
/// <param name="Decision">What is decided by the outputs; null when nothing is known of that.</param>
sealed record GoldenFiles(IReadOnlyList<SampleResult> Results, ImmutableSortedDictionary<string, OutputTolerance> Tolerances, Decision? Decision);

/// <summary>The reference computes the outputs; the deployed model must reproduce them here before a board is asked to. A quantized model sets the mark itself, and what it deviates by is measured.</summary>
static class GoldenMaker
{
    /// <summary>Writes <c>SAMPLE/inputs/NAME.npy</c> (frames stacked, state at the start) and <c>SAMPLE/expected/NAME.npy</c> (outputs stacked, last state) below <paramref name="folder"/>.</summary>
    /// <param name="source">The network as published, its shapes fixed.</param>
    /// <param name="deployed">The network that is deployed.</param>
    /// <param name="isQuantized">Whether that is one which computes something else.</param>
    /// <param name="samples">Frames for an input; null or none: generated ones.</param>
    /// <param name="folder">Where files are written.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static GoldenFiles Make(ModelProto source, ReferenceNetwork deployed, bool isQuantized, Func<TensorPort, IReadOnlyList<LabelledSequence>>? samples, string folder, ModelOptions options, CancellationToken cancellationToken)
    {
        var (reference, tried) = (new Recurrence(new ReferenceNetwork(source, options.Name), options.Carry, options.Name), new Recurrence(deployed, options.Carry, options.Name));
        options.Tolerance.Check(reference.Outputs, options.Name);
        var decided = options.Goal?.Output ?? reference.FirstOutput;
        if (!reference.Judged.Contains(decided))
            throw new OnnxException($"`evaluate` of `{options.Name}` names the output `{decided}`, but those that can be judged are [{string.Join(", ", reference.Judged)}]");
        var results = new List<SampleResult>();
        var measured = reference.Outputs.ToDictionary(port => port.Name, _ => 0.0);
        TypedTensor? judged = null;
        var rest = new QuantizedRest(options);
        foreach (var frames in Frames(source, reference, samples, options))
        {
            var (wanted, given) = (reference.Run(frames, cancellationToken), tried.Run(frames, cancellationToken));
            var deviations = Closeness.Of(wanted, given, options.Tolerance);
            if (!isQuantized && deviations.FirstOrDefault(deviation => !deviation.Passes) is { } far)
                throw new OnnxException(FormattableString.Invariant($"The prepared model `{options.Name}` deviates by {far.Largest:G3} from the original in the output `{far.Output}` on the sample `{frames.Name}`, allowed is {far.Bound:G3}; choose a lower `optimize` level or a larger `tolerance`"));
            foreach (var deviation in deviations)
                measured[deviation.Output] = Math.Max(measured[deviation.Output], deviation.Largest);
            if (isQuantized && frames.Name != GeneratedFrames.Name)
                rest.Add(wanted, given);
            var outputs = isQuantized ? given : wanted;
            if (results.Exists(result => result.Sample == frames.Name))
                throw new OnnxException($"Two samples of `{options.Name}` have the name `{frames.Name}`, by which their golden files are found; rename one in `samples` or in the dataset of `golden`");
            Write(Path.Combine(folder, frames.Name, "inputs"), reference.Start().Concat(frames.Inputs));
            Write(Path.Combine(folder, frames.Name, "expected"), outputs);
            judged = outputs[decided];
            results.Add(new(frames.Name, frames.Count, Expectations.Mean(outputs[reference.FirstOutput].Floats()), deviations.Max(deviation => deviation.Largest)));
        }
        rest.Check();
        Decision.CheckLabels(options, decided, judged!);
        return new(
            results,
            reference.Outputs.ToImmutableSortedDictionary(port => port.Name, port => options.Tolerance.Of(port.Name, port.Element.IsWhole(), isQuantized ? Measured(measured[port.Name]) : null), StringComparer.Ordinal),
            Decision.Of(options, decided, judged!));
    }

    /// <summary>
    /// A board whose arithmetic differs in a last digit decides some integers otherwise, which is a part of what all integers together do: what they make of the float network bounds it.
    /// </summary>
    static OutputTolerance Measured(double deviation) => double.IsFinite(deviation) ? OutputTolerance.Usual with { Absolute = Math.Max(RoundedUp(deviation), OutputTolerance.Usual.Absolute) } : OutputTolerance.Usual;

    /// <summary>The next number of two digits.</summary>
    static double RoundedUp(double value)
    {
        if (value == 0)
            return 0;
        // Decimals, so that no mathematics library has a say.
        var unit = 1m;
        var exact = (decimal)Math.Min(value, 1e12);
        while (unit * 100 <= exact)
            unit *= 10;
        while (unit * 10 > exact && unit > 1e-12m)
            unit /= 10;
        return (double)(Math.Ceiling(exact / unit) * unit);
    }

    static IReadOnlyList<FrameSet> Frames(ModelProto source, Recurrence reference, Func<TensorPort, IReadOnlyList<LabelledSequence>>? samples, ModelOptions options)
    {
        var given = samples?.Invoke(reference.Sequence) ?? [];
        return given.Count > 0 ? [.. given.Select(sample => reference.Frames(sample.Name, sample.Frames))] : [GeneratedFrames.Make(source, reference.Sequences, options.Carry.Count > 0)];
    }

    static void Write(string folder, IEnumerable<KeyValuePair<string, TypedTensor>> tensors)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, tensor) in tensors)
            NpyWriter.Write(Path.Combine(folder, GoldenNames.Of(name)), tensor);
    }
}
