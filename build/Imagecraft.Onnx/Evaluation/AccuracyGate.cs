// Judges a candidate against the float network on a whole test set. Unaware of recipes, quantization and the engine.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>What is measured and allowed.</summary>
/// <param name="Metric">The figure.</param>
/// <param name="Min">Least value of the candidate, or null.</param>
/// <param name="MaxDrop">By how much the candidate may be worse than the float network, or null.</param>
public sealed record AccuracyLimits(Metric Metric, double? Min, double? MaxDrop)
{
    /// <summary>Largest value of the candidate, or null; of metrics that are better the smaller they are.</summary>
    public double? Max { get; init; }

    /// <summary>The output that the metric looks at; null: the first that is not carried.</summary>
    public string? Output { get; init; }

    /// <summary>Least cosine of each further output that is not carried, by name; <see cref="UsualAgreement"/> of those that are not named.</summary>
    public ImmutableSortedDictionary<string, double> Others { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Below it an output has lost most of what it told.</summary>
    public const double UsualAgreement = 0.9;

    /// <summary>How sure it must be that the limits hold, between 0 and 1: the worse ends of intervals of this confidence are held by them.</summary>
    public double Confidence { get; init; } = 0.95;
}

/// <summary>Both figures.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Dataset">What was measured on, for people.</param>
/// <param name="Frames">How many frames that were.</param>
/// <param name="FloatValue">The float network's value.</param>
/// <param name="CandidateValue">The candidate's value.</param>
/// <param name="Drop">By how much the candidate is worse; negative when it is better.</param>
/// <param name="Holds">Within the limits.</param>
/// <param name="Text">Figures and limits in words; when it does not hold with the remedy.</param>
public sealed record AccuracyResult(string Metric, string Dataset, int Frames, double FloatValue, double CandidateValue, double Drop, bool Holds, string Text)
{
    /// <summary>How sure that is.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>The further outputs, which no metric looks at.</summary>
    public ImmutableArray<OutputAgreement> Others { get; init; } = [];

    /// <summary>The same with what became of the further outputs; it holds when they do too.</summary>
    internal AccuracyResult With(ImmutableArray<OutputAgreement> others)
    {
        var broken = others.Where(other => !other.Holds).Select(other => other.Text).ToArray();
        return this with
        {
            Others = others,
            Holds = Holds && broken.Length == 0,
            Text = broken.Length > 0 ? $"{Text}; {string.Join("; ", broken)}: exclude the layers before it from quantization, or say by `others` that less will do"
                : others.IsEmpty ? Text
                : $"{Text}; further outputs agree by a cosine of [{string.Join(", ", others.Select(other => string.Create(CultureInfo.InvariantCulture, $"{other.Output} {other.Cosine:0.####}")))}]",
        };
    }
}

/// <summary>The float network's outputs on a test set, against which any number of candidates is judged.</summary>
public sealed class AccuracyGate : IDisposable
{
    readonly string model;
    readonly string dataset;
    readonly ImmutableSortedDictionary<string, string> carry;
    readonly AccuracyLimits limits;
    readonly IReadOnlyList<LabelledSequence> sequences;
    readonly NetworkOutputs references;
    readonly string judged;
    readonly bool areFramesAlone;
    readonly ScoredUnits floats;
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
        if (limits.Metric.NeedsLabels && sequences.FirstOrDefault(sequence => sequence.Labels.IsEmpty && sequence.Truths.IsEmpty) is { } bare)
            throw new OnnxException($"`{limits.Metric.Name}` needs labels, but `{bare.Name}` of the dataset `{dataset}` has none; choose another metric of [{string.Join(", ", Metric.Names)}] or label it");
        if (limits.Metric.Truth == Truth.Class && limits.Metric.Name != "perplexity" && sequences.FirstOrDefault(sequence => sequence.Labels.IsEmpty) is { } other)
            throw new OnnxException($"`{limits.Metric.Name}` needs a class a frame, but the labels of `{other.Name}` of the dataset `{dataset}` are more than that");
        (model, carry, this.limits, this.dataset, folder) = (options.Name, options.Carry, limits, dataset, Path.GetDirectoryName(Path.GetFullPath(floatPath))!);
        areFramesAlone = carry.IsEmpty && sequences.All(sequence => !sequence.IsSeries);
        // The units stay the same: frames that stand alone are units in any part, and what is a unit as a whole stays whole.
        this.sequences = areFramesAlone ? [.. sequences.SelectMany(Evaluator.Parts)] : sequences;
        references = Outputs(floatPath, "float", cancellationToken);
        judged = limits.Output ?? references.First;
        foreach (var name in limits.Others.Keys.Append(judged).Except(references.Names))
            throw Unknown(name);
        if (limits.Metric.NeedsLabels)
            LabelChecks.Check(limits.Metric.Name, this.sequences, references[judged], dataset);
        floats = new(this.sequences, references[judged], references[judged], areFramesAlone);
        floatValue = limits.Metric.Of(floats);
    }

    /// <summary>Runs a candidate and judges it; whoever builds it adds its worst layers to a text that does not hold.</summary>
    /// <param name="candidatePath">A model with the same inputs and outputs.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public AccuracyResult Judge(string candidatePath, CancellationToken cancellationToken)
    {
        using var outputs = Outputs(candidatePath, "candidate", cancellationToken);
        foreach (var name in references.Names)
            CheckShapes(name, references[name], outputs[name]);
        var candidates = new ScoredUnits(sequences, outputs[judged], references[judged], areFramesAlone);
        var evidence = Evidence.Of(limits.Metric, floats, candidates, areFramesAlone ? "frames" : "sequences", limits.Confidence, cancellationToken);
        ImmutableArray<OutputAgreement> others = [.. references.Names.Where(name => name != judged).Select(name => OutputAgreement.Of(name, limits.Others.GetValueOrDefault(name, AccuracyLimits.UsualAgreement), new ScoredUnits(sequences, outputs[name], references[name], areFramesAlone)))];
        return Judge(limits, model, dataset, sequences.Sum(sequence => sequence.Count), floatValue, limits.Metric.Of(candidates), evidence).With(others);
    }

    void CheckShapes(string name, OutputSpool wanted, OutputSpool given)
    {
        for (var i = 0; i < wanted.Count; i++)
            if (!given.ShapeOf(i).AsSpan().SequenceEqual(wanted.ShapeOf(i)))
                throw new OnnxException($"The output `{name}` of the candidate for `{model}` has the shape [{string.Join(", ", given.ShapeOf(i))}], but that of the float network [{string.Join(", ", wanted.ShapeOf(i))}]");
    }

    OnnxException Unknown(string name)
    {
        references.Dispose();
        return new($"`evaluate` of `{model}` names the output `{name}`, but {(carry.ContainsValue(name) ? "that one is carried" : "there is none")}: those that can be judged are [{string.Join(", ", references.Names)}]");
    }

    /// <summary>Holds the worse ends of what the figures may be against the limits. A value that is not a number never holds.</summary>
    internal static AccuracyResult Judge(AccuracyLimits limits, string model, string dataset, int frames, double floatValue, double candidate, Evidence evidence)
    {
        // Without rounding, 0.92 - 0.915 would be more than 0.005.
        var drop = Math.Round(limits.Metric.SmallerIsBetter ? candidate - floatValue : floatValue - candidate, 9);
        var isHigh = !(evidence.Value.Low < limits.Min) && !(evidence.Value.High > limits.Max);
        var isNear = limits.MaxDrop is not { } most || evidence.Drop.High <= most;
        var text = $"`{limits.Metric.Name}` of `{model}` on {frames} frames of `{dataset}` is {Figure(candidate)}, that of the float network {Figure(floatValue)}, a drop of {Figure(drop)} ({evidence.Text})";
        var holds = isHigh && isNear && !double.IsNaN(candidate);
        return new(limits.Metric.Name, dataset, frames, floatValue, candidate, drop, holds, holds ? text : $"{text}; {Broken(limits, isHigh, isNear, floatValue, candidate, drop, evidence)}") { Evidence = evidence };
    }

    static string Broken(AccuracyLimits limits, bool isHigh, bool isNear, double floatValue, double candidate, double drop, Evidence evidence)
    {
        if (double.IsNaN(candidate))
            return "a value that is not a number is never allowed, look for infinite weights";
        var allowed = new List<string>();
        if (!isHigh)
            allowed.Add(limits.Min is { } min ? $"at least {Figure(min)}" : $"at most {Figure(limits.Max!.Value)}");
        if (!isNear)
            allowed.Add($"a drop of at most {Figure(limits.MaxDrop!.Value)}");
        return $"allowed is {string.Join(" and ", allowed)}, even at the worse end; {Remedy(limits, isHigh, isNear, floatValue, candidate, drop, evidence)}";
    }

    static string Remedy(AccuracyLimits limits, bool isHigh, bool isNear, double floatValue, double candidate, double drop, Evidence evidence)
    {
        if (double.IsInfinity(evidence.Drop.High))
            return $"at least {Bootstrap.LeastUnits} {evidence.UnitName} are needed, so enlarge the split";
        // A float network below the limit cannot be helped by changing how it is built.
        if (!isHigh && (floatValue < limits.Min || floatValue > limits.Max))
            return $"the float network itself misses that: check `preprocess`, the dataset's labels or `{(limits.Min is null ? "max" : "min")}`";
        // The figures themselves are within the limits, but the set is too small to be sure.
        long?[] needed = [isHigh ? 0 : evidence.UnitsForValue(candidate, limits.Min ?? limits.Max!.Value, limits.Min is null), isNear ? 0 : evidence.UnitsForDrop(drop, limits.MaxDrop!.Value)];
        return Array.TrueForAll(needed, count => count is not null)
            ? $"the figures hold, but the set is too small to be sure: about {needed.Max()} {evidence.UnitName} would be needed, or allow more by `min`, `max` or `max-drop`"
            : "exclude the worst layers from quantization, calibrate with more data, or allow more by `min`, `max` or `max-drop`";
    }

    static string Figure(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);

    NetworkOutputs Outputs(string path, string name, CancellationToken cancellationToken)
    {
        var outputs = new NetworkOutputs();
        try
        {
            Evaluator.Run(path, model, carry, sequences, null, network => outputs.Open(network, sequences.Count, Path.Combine(folder, $"outputs-{name}")), outputs.Set, cancellationToken);
            return outputs;
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    /// <summary>Gives the outputs back.</summary>
    public void Dispose() => references.Dispose();
}
