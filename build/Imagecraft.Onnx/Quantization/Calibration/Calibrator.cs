// Finds the ranges of activations from sample data. Unaware of integers.

using System.Collections.Immutable;
using System.Numerics.Tensors;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>
/// Runs the float network over sample data: once for least and largest values, and for the methods that need a histogram once more. Nothing is held but the values of one frame.
/// Ranges found are kept, so asking again for the same values costs nothing.
/// </summary>
public sealed class Calibrator
{
    readonly ActivationProbe probe;
    readonly IEnumerable<FloatTensor> sequences;
    readonly CalibrationOptions options;
    readonly string file;
    readonly Dictionary<string, ValueRange> ranges = [];

    /// <summary>Prepares calibration; nothing is run yet.</summary>
    /// <param name="model">The float network, with fixed shapes.</param>
    /// <param name="sequences">Stacks of frames, [frames, then the input's shape]; enumerated several times.</param>
    /// <param name="carry">Input name to the output that is fed back into it.</param>
    /// <param name="options">Method.</param>
    /// <param name="file">Names the model in messages.</param>
    public Calibrator(ModelProto model, IEnumerable<FloatTensor> sequences, ImmutableSortedDictionary<string, string> carry, CalibrationOptions options, string file)
    {
        if (options.Method == CalibrationMethod.Percentile && options.Percentile is not (> 50 and <= 100))
            throw new OnnxException(FormattableString.Invariant($"The calibration percentile {options.Percentile} of `{file}` must be above 50 and at most 100"));
        (probe, this.sequences, this.options, this.file) = (new(model, carry, file), sequences, options, file);
    }

    /// <summary>The range of each value. A value that is not a finite number somewhere, or no data at all, is an <see cref="OnnxException"/>.</summary>
    public IReadOnlyDictionary<string, ValueRange> Ranges(IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var missing = values.Distinct().Where(value => !ranges.ContainsKey(value)).ToArray();
        if (missing.Length == 0)
            return ranges;
        var seen = new Dictionary<string, ValueRange>();
        var empty = new HashSet<string>();
        probe.Observe(missing, sequences, (name, _, span) =>
        {
            if (span.Length == 0)
            {
                empty.Add(name);
                return;
            }
            var range = new ValueRange(TensorPrimitives.Min(span), TensorPrimitives.Max(span));
            if (!float.IsFinite(range.Least) || !float.IsFinite(range.Largest))
                throw probe.NotFinite(name);
            seen[name] = seen.TryGetValue(name, out var before) ? before.Union(range) : range;
        }, cancellationToken);
        // A value of no elements has none to be represented.
        foreach (var name in empty)
            seen.TryAdd(name, new(0, 0));
        if (seen.Count < missing.Length)
            throw new OnnxException($"The calibration data of `{file}` are empty; give at least one frame in `calibration`");
        foreach (var (name, range) in options.Method == CalibrationMethod.MinMax ? seen : Clip(seen, cancellationToken))
            ranges[name] = range;
        return ranges;
    }

    Dictionary<string, ValueRange> Clip(Dictionary<string, ValueRange> seen, CancellationToken cancellationToken)
    {
        // Zero is in every range, as it is in the integers'.
        var histograms = seen.ToDictionary(pair => pair.Key, pair => new Histogram(pair.Value.Union(new(0, 0))));
        probe.Observe(seen.Keys, sequences, (name, _, span) => histograms[name].Add(span), cancellationToken);
        return histograms.ToDictionary(
            pair => pair.Key,
            pair => options.Method == CalibrationMethod.Entropy ? EntropyRange.Of(pair.Value) : PercentileRange.Of(pair.Value, options.Percentile));
    }
}
