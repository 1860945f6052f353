// Judges a candidate against the float network on a whole test set. Unaware of recipes, quantization and the engine.

using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>What is measured and allowed.</summary>
/// <param name="Metric">The figure.</param>
/// <param name="Min">Least value of the candidate, or null.</param>
/// <param name="MaxDrop">By how much the candidate may be worse than the float network, or null.</param>
public sealed record AccuracyLimits(Metric Metric, double? Min, double? MaxDrop);

/// <summary>Both figures.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Dataset">What was measured on, for people.</param>
/// <param name="Frames">How many frames that were.</param>
/// <param name="FloatValue">The float network's value.</param>
/// <param name="CandidateValue">The candidate's value.</param>
/// <param name="Drop">By how much the candidate is worse; negative when it is better.</param>
/// <param name="Holds">Within the limits.</param>
/// <param name="Text">Figures and limits in words; when it does not hold with the remedy.</param>
public sealed record AccuracyResult(string Metric, string Dataset, int Frames, double FloatValue, double CandidateValue, double Drop, bool Holds, string Text);

/// <summary>The float network's outputs on a test set, against which any number of candidates is judged.</summary>
public sealed class AccuracyGate : IDisposable
{
    readonly string model;
    readonly string dataset;
    readonly ImmutableSortedDictionary<string, string> carry;
    readonly AccuracyLimits limits;
    readonly IReadOnlyList<LabelledSequence> sequences;
    readonly OutputSpool references;
    readonly string folder;
    readonly double floatValue;

    /// <summary>Runs the float network.</summary>
    /// <param name="floatPath">The float network, its shapes fixed.</param>
    /// <param name="options">Name and carried state.</param>
    /// <param name="limits">What is measured and allowed.</param>
    /// <param name="sequences">The whole test set.</param>
    /// <param name="dataset">Its name for messages.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public AccuracyGate(string floatPath, ModelOptions options, AccuracyLimits limits, IReadOnlyList<LabelledSequence> sequences, string dataset, CancellationToken cancellationToken)
    {
        if (sequences.Count == 0)
            throw new OnnxException($"The dataset `{dataset}` is empty");
        if (limits.Metric.NeedsLabels && sequences.FirstOrDefault(sequence => sequence.Labels.IsEmpty) is { } bare)
            throw new OnnxException($"`{limits.Metric.Name}` needs labels, but `{bare.Name}` of the dataset `{dataset}` has none; choose another metric of [{string.Join(", ", Metric.Names)}] or label it");
        (model, carry, this.limits, this.dataset, folder) = (options.Name, options.Carry, limits, dataset, Path.GetDirectoryName(Path.GetFullPath(floatPath))!);
        this.sequences = carry.IsEmpty ? [.. sequences.SelectMany(Evaluator.Parts)] : sequences;
        references = Outputs(floatPath, "float", cancellationToken);
        floatValue = Value(references);
    }

    /// <summary>Runs a candidate and judges it; whoever builds it adds its worst layers to a text that does not hold.</summary>
    /// <param name="candidatePath">A model with the same inputs and outputs.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public AccuracyResult Judge(string candidatePath, CancellationToken cancellationToken)
    {
        using var outputs = Outputs(candidatePath, "candidate", cancellationToken);
        if (!outputs[0].Shape.AsSpan().SequenceEqual(references[0].Shape))
            throw new OnnxException($"The first output of the candidate for `{model}` has the shape [{string.Join(", ", outputs[0].Shape)}], but that of the float network [{string.Join(", ", references[0].Shape)}]");
        return Judge(limits, model, dataset, sequences.Sum(sequence => sequence.Count), floatValue, Value(outputs));
    }

    /// <summary>Holds both values against the limits. A value that is not a number never holds.</summary>
    internal static AccuracyResult Judge(AccuracyLimits limits, string model, string dataset, int frames, double floatValue, double candidate)
    {
        // Without rounding, 0.92 - 0.915 would be more than 0.005.
        var drop = Math.Round(limits.Metric.SmallerIsBetter ? candidate - floatValue : floatValue - candidate, 9);
        var isHigh = limits.Min is not { } min || candidate >= min;
        var isNear = limits.MaxDrop is not { } most || drop <= most;
        var text = $"`{limits.Metric.Name}` of `{model}` on {frames} frames of `{dataset}` is {Figure(candidate)}, that of the float network {Figure(floatValue)}, a drop of {Figure(drop)}";
        var holds = isHigh && isNear && !double.IsNaN(candidate);
        return new(limits.Metric.Name, dataset, frames, floatValue, candidate, drop, holds, holds ? text : $"{text}; {Broken(limits, isHigh, isNear, floatValue)}");
    }

    static string Broken(AccuracyLimits limits, bool isHigh, bool isNear, double floatValue)
    {
        var allowed = new List<string>();
        if (!isHigh)
            allowed.Add($"at least {Figure(limits.Min!.Value)}");
        if (!isNear)
            allowed.Add($"a drop of at most {Figure(limits.MaxDrop!.Value)}");
        if (allowed.Count == 0)
            return "a value that is not a number is never allowed, look for infinite weights";
        // A float network below the limit cannot be helped by changing how it is built.
        var remedy = limits.Min is { } min && floatValue < min
            ? "the float network itself misses that: check `preprocess`, the dataset's labels or `min`"
            : "exclude the worst layers from quantization, calibrate with more data, or allow more by `min` or `max-drop`";
        return $"allowed is {string.Join(" and ", allowed)}; {remedy}";
    }

    static string Figure(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);

    /// <summary>Memory holds no more than a budget of a whole test set's outputs: those of a thousand images of 640 x 640 are gigabytes.</summary>
    OutputSpool Outputs(string path, string name, CancellationToken cancellationToken)
    {
        var spool = new OutputSpool(sequences.Count, Path.Combine(folder, $"outputs-{name}"), OutputSpool.Usual);
        Evaluator.Run(path, model, carry, sequences, null, spool.Set, cancellationToken);
        return spool;
    }

    double Value(OutputSpool outputs) => limits.Metric.Of(new Scores(sequences, outputs, references));

    /// <summary>Gives the outputs back.</summary>
    public void Dispose() => references.Dispose();

    /// <summary>Reads outputs only while a metric looks at them.</summary>
    sealed class Scores(IReadOnlyList<LabelledSequence> sequences, IReadOnlyList<FloatTensor> outputs, IReadOnlyList<FloatTensor> references) : IReadOnlyList<ScoredSequence>
    {
        public int Count => outputs.Count;

        public ScoredSequence this[int index] => new(outputs[index], sequences[index].Labels, references[index]);

        public IEnumerator<ScoredSequence> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
