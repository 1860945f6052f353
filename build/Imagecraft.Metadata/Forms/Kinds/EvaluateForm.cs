// How a model recipe asks for accuracy. Unaware of ONNX and of how metrics are computed.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>evaluate:</c> of models.</summary>
static class EvaluateForm
{
    static readonly string Metrics = string.Join("; ", MetricNeeds.All.Select(metric => $"{metric.Name}: {metric.Meaning}"));

    static readonly Form<AlphabetSpec> AlphabetForm = new("`alphabet`", keys => new AlphabetSpec(
        keys.Required("source", SourceForm.Form, "a text file with what each class writes, one a line, without the blank, which stands at `blank`"),
        keys.List("more", ScalarShapes.Text, "what the classes behind those of the file write, such as a space"),
        keys.Span));

    /// <summary>A gate, or the word <c>none</c>.</summary>
    public static Shape<JudgingSpec> Shape { get; } = new ScalarOrMap<JudgingSpec>(
        ScalarShapes.OneOf("none").Select(_ => new JudgingSpec(null)),
        new Form<EvaluateSpec>("`evaluate`", Make, Check).Select(made => new JudgingSpec(made)));

    static EvaluateSpec Make(Keys keys) => new()
    {
        Dataset = keys.Required("dataset", ScalarShapes.Name, "a dataset"),
        Split = keys.Required("split", ScalarShapes.Name, "a split of it that no other step looks at; all of it is used"),
        Metric = keys.Required("metric", ScalarShapes.OneOf([.. MetricNeeds.All.Select(metric => metric.Name)]), Metrics),
        Output = keys.Maybe("output", ScalarShapes.Text, "the output that the metric looks at; the first that is not carried when absent"),
        Others = keys.Map("others", ScalarShapes.Number, "least cosine between each further output and that of the float network, by name; 0.9 of those that are not named"),
        Min = keys.Maybe("min", ScalarShapes.Number, "least allowed value, of the lower end of its interval"),
        Max = keys.Maybe("max", ScalarShapes.Number, "largest allowed value of an error, of the upper end of its interval"),
        MaxDrop = keys.Maybe("max-drop", ScalarShapes.Number, "by how much it may be worse than that of the float network, at the worse end of the interval"),
        Confidence = keys.Maybe("confidence", ScalarShapes.Number, "how sure it must be that the limits hold: 0.5 to 0.999; 0.95 when absent"),
        Threshold = keys.Maybe(MetricNeeds.Threshold, ScalarShapes.Number, "of f1, iou and hmean: value above which a frame or a pixel counts"),
        BoxScore = keys.Maybe(MetricNeeds.BoxScore, ScalarShapes.Number, "of hmean: least mean value in a box; 0.6 when absent"),
        Unclip = keys.Maybe(MetricNeeds.Unclip, ScalarShapes.Number, "of hmean: boxes grow by this times area by circumference; 1.5 when absent"),
        Blank = keys.Maybe(MetricNeeds.Blank, ScalarShapes.Count, "of cer and wer: index of the class that writes nothing; 0 when absent"),
        Alphabet = keys.Maybe(MetricNeeds.Alphabet, AlphabetForm, "of cer and wer: what each class writes, when `labels` would be long"),
        Against = keys.Maybe(MetricNeeds.Against, ScalarShapes.OneOf("float"), "of top-1, top-5 and iou: what the float network says stands in for labels"),
    };

    static bool Check(EvaluateSpec made, Keys keys)
    {
        var needs = MetricNeeds.Of(made.Metric.Value);
        if (made.Min is null && made.Max is null && made.MaxDrop is null)
            return Refuse(keys, Codes.MissingKey, "`evaluate` has no `min`, `max` or `max-drop`, so nothing could fail", made.Metric.Span, "Add one of them");
        if (needs.SmallerIsBetter && made.Min is { } min)
            return Refuse(keys, Codes.Contradiction, $"`min` has no meaning for `{needs.Name}`, which is better the smaller it is", min.Span, "Write `max:` with the largest allowed error, or `max-drop:` by how much it may grow");
        if (!needs.SmallerIsBetter && made.Max is { } max)
            return Refuse(keys, Codes.Contradiction, $"`max` has no meaning for `{needs.Name}`, which is better the larger it is", max.Span, "Write `min:` with the least allowed value");
        if (made.MaxDrop is { Value: < 0 } drop)
            return Refuse(keys, Codes.WrongFormat, "`max-drop` must not be negative", drop.Span, "Write by how much the metric may get worse, such as 0.01");
        if (!needs.SmallerIsBetter && made.Min is { Value: > 1 } high)
            return Refuse(keys, Codes.WrongFormat, $"`{needs.Name}` is at most 1, so that no network reaches the `min` of {high}", high.Span, "Write 0.98 for 98 %");
        if (!needs.SmallerIsBetter && made.MaxDrop is { Value: >= 1 } most)
            return Refuse(keys, Codes.WrongFormat, $"`{needs.Name}` is at most 1, so that nothing would be beyond the `max-drop` of {most}", most.Span, "Write 0.01 for one of a hundred");
        if (made.Max is { Value: < 0 } largest)
            return Refuse(keys, Codes.WrongFormat, $"`{needs.Name}` is never below 0, so that no network reaches the `max` of {largest}", largest.Span, "Write the largest allowed error");
        if (made.Confidence is { Value: < 0.5 or > 0.999 } confidence)
            return Refuse(keys, Codes.WrongFormat, "`confidence` must be 0.5 to 0.999", confidence.Span, "Leave it out for 0.95");
        foreach (var (name, least) in made.Others.Where(other => other.Value.Value is < -1 or > 1))
            return Refuse(keys, Codes.WrongFormat, $"A cosine is from -1 to 1, not the {least.Value} of `{name}`", least.Span, "Write 0.95 for outputs that must point almost alike, or -1 for one that need not");
        if (made.Output is { } output && made.Others.TryGetValue(output.Value, out var twice))
            return Refuse(keys, Codes.Contradiction, $"`{output}` is judged by `{needs.Name}` and is among `others`", twice.Span, "Remove it from one of them");
        foreach (var (key, span) in new[] { (MetricNeeds.Threshold, made.Threshold?.Span), (MetricNeeds.BoxScore, made.BoxScore?.Span), (MetricNeeds.Unclip, made.Unclip?.Span), (MetricNeeds.Blank, made.Blank?.Span), (MetricNeeds.Alphabet, made.Alphabet?.Span), (MetricNeeds.Against, made.Against?.Span) })
            if (span is not null && !needs.Options.Contains(key))
                return Refuse(keys, Codes.Contradiction, $"`{key}` belongs to the metrics [{string.Join(", ", MetricNeeds.All.Where(metric => metric.Options.Contains(key)).Select(metric => metric.Name))}], not to `{needs.Name}`", span, "Remove it");
        return true;
    }

    static bool Refuse(Keys keys, string code, string message, SourceSpan span, string hint)
    {
        keys.Reading.Error(code, message, span, hint);
        return false;
    }
}
