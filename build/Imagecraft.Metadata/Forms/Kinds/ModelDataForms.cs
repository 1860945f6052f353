// The forms of what a model recipe says of data: pre-processing, accuracy gate, golden frames. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>preprocess:</c> of models.</summary>
static class PreprocessForm
{
    static readonly Shape<ImmutableArray<double>> Numbers = new FilledListOf<double>(ScalarShapes.Number.Select(number => number.Value));

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>?> Fit = Keys.Maybe("fit", ScalarShapes.OneOf("exact", "stretch", "pad", "pad-width"), "exact (the default), stretch, pad (proportions kept) or pad-width (the whole height, squeezed when too wide)");
    static readonly Field<Sited<string>> Channels = Keys.Required("channels", ScalarShapes.OneOf("gray", "rgb", "bgr"), "gray, rgb or bgr");
    static readonly Field<ImmutableArray<double>> Mean = Keys.Optional("mean", Numbers, [0], "mean on the scale 0 to 1: one, or one a channel");
    static readonly Field<ImmutableArray<double>> Deviation = Keys.Optional("std", Numbers, [1], "standard deviation on the scale 0 to 1: one, or one a channel");

    public static Form<PreprocessSpec> Form { get; } = new("`preprocess`", Keys,
        values => new PreprocessSpec(values.Get(Fit), values.Get(Channels), values.Get(Mean), values.Get(Deviation)), Check);

    static bool Check(Values values)
    {
        var count = values.Get(Channels).Value == "gray" ? 1 : 3;
        var good = true;
        foreach (var field in new[] { Mean, Deviation })
        {
            if (values.Get(field).Length == 1 || values.Get(field).Length == count)
                continue;
            values.Reading.Error(Codes.Contradiction, $"`{field.Key}` has {values.Get(field).Length} values for {count} channels", values.Get(Channels).Span, $"Give 1 or {count}");
            good = false;
        }
        if (values.Get(Deviation).All(deviation => deviation > 0))
            return good;
        values.Reading.Error(Codes.WrongFormat, "Each value of `std` must be above 0", values.Span, null);
        return false;
    }
}

/// <summary><c>evaluate:</c> of models.</summary>
static class EvaluateForm
{
    const string Error = "mean-absolute-error", Overlap = "iou";

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Dataset = Keys.Required("dataset", ScalarShapes.Name, "a dataset");
    static readonly Field<Sited<string>> Split = Keys.Required("split", ScalarShapes.Name, "a split of it; all of it is used");
    static readonly Field<Sited<string>> Metric = Keys.Required("metric", ScalarShapes.OneOf("top-1", "roc-auc", Error, "cosine", Overlap), "top-1 and roc-auc compare with labels; mean-absolute-error, cosine and iou with the float network");
    static readonly Field<Sited<double>?> Min = Keys.Maybe("min", ScalarShapes.Number, "least allowed value");
    static readonly Field<Sited<double>?> MaxDrop = Keys.Maybe("max-drop", ScalarShapes.Number, "by how much it may be worse than that of the float network");
    static readonly Field<Sited<double>?> Threshold = Keys.Maybe("threshold", ScalarShapes.Number, "of iou: value above which a pixel counts; 0.3 when absent");

    public static Form<EvaluateSpec> Form { get; } = new("`evaluate`", Keys,
        values => new EvaluateSpec(values.Get(Dataset), values.Get(Split), values.Get(Metric), values.Get(Min), values.Get(MaxDrop), values.Get(Threshold)), Check);

    static bool Check(Values values)
    {
        var metric = values.Get(Metric);
        if (values.Get(Min) is null && values.Get(MaxDrop) is null)
            return Refuse(values, Codes.MissingKey, "`evaluate` has neither `min` nor `max-drop`, so nothing could fail", metric.Span, "Add one of them");
        if (metric.Value == Error && values.Get(Min) is { } min)
            return Refuse(values, Codes.Contradiction, $"`min` has no meaning for `{Error}`, which is better the smaller it is", min.Span, "Write `max-drop:` with the largest allowed error");
        if (metric.Value != Overlap && values.Get(Threshold) is { } threshold)
            return Refuse(values, Codes.Contradiction, $"`threshold` belongs to the metric `{Overlap}`, not to `{metric.Value}`", threshold.Span, "Remove it");
        return true;
    }

    static bool Refuse(Values values, string code, string message, SourceSpan span, string hint)
    {
        values.Reading.Error(code, message, span, hint);
        return false;
    }
}

/// <summary><c>golden:</c> of models.</summary>
static class GoldenForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Dataset = Keys.Required("dataset", ScalarShapes.Name, "a dataset");
    static readonly Field<Sited<string>> Split = Keys.Required("split", ScalarShapes.Name, "a split of it");
    static readonly Field<Sited<int>> Count = Keys.Required("count", ScalarShapes.Count, "images or sounds, spread evenly over the split");

    public static Form<GoldenSpec> Form { get; } = new("`golden`", Keys,
        values => new GoldenSpec(values.Get(Dataset), values.Get(Split), values.Get(Count)), Check);

    static bool Check(Values values)
    {
        if (values.Get(Count).Value > 0)
            return true;
        values.Reading.Error(Codes.WrongFormat, "`count` must be above 0", values.Get(Count).Span, null);
        return false;
    }
}
