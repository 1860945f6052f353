// Leaves the worst layers float until an accuracy gate holds. Unaware of metrics and data.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Quantization.Errors;

namespace Imagecraft.Onnx.Quantization;

/// <summary>What a gate says of a model.</summary>
/// <param name="Value">The metric.</param>
/// <param name="Passes">Whether it is good enough.</param>
/// <param name="Text">The verdict in words.</param>
public readonly record struct GateVerdict(double Value, bool Passes, string Text = "");

/// <summary>Judges the model file at a path.</summary>
public delegate GateVerdict CandidateJudge(string modelPath, CancellationToken cancellationToken);

/// <summary>How far the search goes.</summary>
public sealed record MixedPrecisionOptions
{
    /// <summary>Most layers that may stay float.</summary>
    public int Limit { get; init; } = 8;

    /// <summary>Layers that fall back between two questions to the gate.</summary>
    public int Step { get; init; } = 1;
}

/// <summary>A network that passed its gate.</summary>
/// <param name="Model">It, with as few float layers as the search found.</param>
/// <param name="Value">The metric of it.</param>
/// <param name="FloatLayers">Layers that fell back, in the order in which they did.</param>
/// <param name="Errors">Errors of the layers that are quantized.</param>
public sealed record MixedPrecisionResult(QuantizedModel Model, double Value, ImmutableArray<string> FloatLayers, ImmutableArray<LayerError> Errors);

/// <summary>The search: layers fall back in the order of their own error, the worst first.</summary>
public static class MixedPrecision
{
    const int WorstNamed = 5;

    /// <summary>
    /// Quantizes, asks the gate, and leaves more layers float until it passes. When the limit is reached first, an <see cref="OnnxException"/> has both figures, the worst layers
    /// and the remedy.
    /// </summary>
    /// <param name="quantizer">The network with its calibration.</param>
    /// <param name="samples">For the errors of layers: stacks of frames.</param>
    /// <param name="gate">The judge.</param>
    /// <param name="carry">Input name to the output that is fed back into it.</param>
    /// <param name="options">Limits.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="file">Names the model in messages.</param>
    /// <param name="cancellationToken">Stops between frames and candidates.</param>
    public static MixedPrecisionResult Search(StaticQuantizer quantizer, IReadOnlyList<FloatTensor> samples, CandidateJudge gate, ImmutableSortedDictionary<string, string> carry, MixedPrecisionOptions options, string scratch, string file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(scratch, "candidate.onnx");
        var fallen = new List<string>();
        while (true)
        {
            var model = quantizer.Quantize([.. fallen], cancellationToken);
            OnnxFile.Write(model.Model, path);
            var verdict = gate(path, cancellationToken);
            var errors = LayerErrors.Measure(model, samples, carry, file, cancellationToken);
            if (verdict.Passes)
            {
                File.Delete(path);
                return new(model, verdict.Value, [.. fallen], errors);
            }
            // The order of the network decides between equals.
            string[] next = [.. errors.OrderBy(error => error.OwnDecibels).Select(error => error.Name).Take(Math.Min(options.Step, options.Limit - fallen.Count))];
            if (next.Length == 0 || next.Length == errors.Length)
            {
                OnnxFile.Write(quantizer.Reference, path);
                var floating = gate(path, cancellationToken);
                File.Delete(path);
                throw Failure(file, floating, verdict, fallen, errors);
            }
            fallen.AddRange(next);
        }
    }

    static OnnxException Failure(string file, GateVerdict floating, GateVerdict last, List<string> fallen, ImmutableArray<LayerError> errors)
    {
        var worst = errors.OrderBy(error => error.OwnDecibels).Take(WorstNamed).Select(error => FormattableString.Invariant($"`{error.Name}` ({error.Kind}) {error.OwnDecibels:0.0} dB"));
        var left = fallen.Count == 0 ? "" : $" with [{string.Join(", ", fallen)}] left float";
        var remedy = floating.Passes
            ? "allow more float layers, exclude the worst ones, calibrate with more data or by another method, or allow a larger drop"
            : $"the float network itself does not pass, so change the gate, its data or the network{(floating.Text.Length > 0 ? $" ({floating.Text})" : "")}";
        return new(FormattableString.Invariant($"The accuracy gate of `{file}` does not hold: {floating.Value:0.#####} in float, {last.Value:0.#####} quantized{left}; the worst layers are [{string.Join(", ", worst)}]; {remedy}"));
    }
}
