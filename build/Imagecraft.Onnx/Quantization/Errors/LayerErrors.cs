// Measures the error of each quantized layer on samples. Unaware of accuracy.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Reference.Arithmetic;

namespace Imagecraft.Onnx.Quantization.Errors;

/// <summary>Runs both networks on the same frames.</summary>
public static class LayerErrors
{
    /// <summary>The errors of all layers, in topological order.</summary>
    /// <param name="quantized">Both networks.</param>
    /// <param name="sequences">Stacks of frames.</param>
    /// <param name="carry">Input name to the output that is fed back into it.</param>
    /// <param name="file">Names the model in messages.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static ImmutableArray<LayerError> Measure(QuantizedModel quantized, IEnumerable<FloatTensor> sequences, ImmutableSortedDictionary<string, string> carry, string file, CancellationToken cancellationToken)
    {
        var shared = OnnxFile.Inputs(quantized.Reference).Where(input => !carry.ContainsKey(input.Name)).Select(input => input.Name).ToImmutableHashSet();
        var twin = TwinModel.Of(quantized, shared, file);
        var sums = twin.Sums.SelectMany(names => new[] { names.Signal, names.Accumulated, names.Own }).ToDictionary(name => name, _ => 0.0);
        var recurrence = new Recurrence(new(twin.Model, file), TwinModel.Carry(carry), file);
        foreach (var frames in sequences)
            recurrence.Visit(frames, (name, _, values) =>
            {
                if (sums.ContainsKey(name))
                    sums[name] += values[0];
            }, cancellationToken);
        return [.. quantized.Layers.Zip(twin.Sums, (layer, names) => new LayerError(
            layer.Name,
            layer.Kind,
            layer.Output,
            Decibels(sums[names.Signal], sums[names.Accumulated]),
            Decibels(sums[names.Signal], sums[names.Own]),
            layer.FloatBytes,
            layer.Bytes))];
    }

    /// <summary>Signal to noise of two sums of squares.</summary>
    internal static double Decibels(double signal, double noise) => noise == 0 ? double.PositiveInfinity : 10 / Elementary.Log(10) * Elementary.Log(signal / noise);
}
