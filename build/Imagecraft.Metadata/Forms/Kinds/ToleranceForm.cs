// The forms of how far a board may deviate from golden outputs. Unaware of ONNX.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>tolerance:</c> of models and of their <c>quantize</c>: a number, which is the absolute part alone, or a map.</summary>
static class ToleranceForm
{
    public const string Meaning = "how far outputs may lie from the golden ones: a number (absolute), or absolute and relative parts, outliers and their worst, also by output";

    const string AbsoluteKey = "absolute", RelativeKey = "relative", OutliersKey = "outliers", WorstKey = "worst";

    static readonly Shape<Sited<double>> NotNegative = new Scalar<double>(
        "a number from 0 up",
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0 && char.IsAsciiDigit(text[^1]) ? (value, true) : (0, false),
        () => new JsonObject { ["type"] = "number", ["minimum"] = 0 });

    static readonly Shape<OutputToleranceSpec> Number = NotNegative.Select(number => new OutputToleranceSpec(number.Value, null, null, null));

    /// <summary>The rule for one output.</summary>
    static readonly Shape<OutputToleranceSpec> Output = new ScalarOrMap<OutputToleranceSpec>(Number, new Form<OutputToleranceSpec>("the tolerance of an output", keys =>
    {
        var rule = Rule.Of(keys);
        return () => rule.Fits(keys) ? rule.Made : null;
    }));

    public static Shape<ToleranceSpec> Shape { get; } = new ScalarOrMap<ToleranceSpec>(
        Number.Select(rule => new ToleranceSpec(rule, ImmutableSortedDictionary<string, OutputToleranceSpec>.Empty, null)),
        new Form<ToleranceSpec>("`tolerance`", keys =>
        {
            var rule = Rule.Of(keys);
            var outputs = keys.Map("outputs", Output, "rules of their own, by output");
            var agreement = keys.Maybe("agreement", ScalarShapes.Number, "least share of decisions by the board's outputs that must be those by the golden ones (same largest value, same side of the threshold), least overlap or cosine, by the metric of `evaluate`; 1, of iou 0.98, of cosine 0.999 when absent");
            return () => rule.Fits(keys) & IsShare(agreement, keys) ? new ToleranceSpec(rule.IsEmpty ? null : rule.Made, outputs, agreement?.Value) : null;
        }));

    static bool IsShare(Sited<double>? share, Keys keys)
    {
        if (share is null or { Value: >= 0 and <= 1 })
            return true;
        keys.Reading.Error(Codes.WrongFormat, "`agreement` is a share, from 0 to 1", share.Span, "Write 0.99 when one decision in a hundred may differ");
        return false;
    }

    /// <summary>The keys that bound values.</summary>
    sealed record Rule(Sited<double>? Absolute, Sited<double>? Relative, Sited<double>? Outliers, Sited<double>? Worst)
    {
        public bool IsEmpty => Absolute is null && Relative is null && Outliers is null;

        public OutputToleranceSpec Made => new(Absolute?.Value, Relative?.Value, Outliers?.Value, Worst?.Value);

        public static Rule Of(Keys keys) => new(
            keys.Maybe(AbsoluteKey, NotNegative, "part of the bound that is the same for all values; 0 when `relative` alone is given"),
            keys.Maybe(RelativeKey, NotNegative, "part of the bound as a share of the output's largest golden value; 0 when `absolute` alone is given"),
            keys.Maybe(OutliersKey, ScalarShapes.Number, "share of an output's values that may deviate more, for maps whose rims move with the last digit; needs `worst`; 0 when absent"),
            keys.Maybe(WorstKey, NotNegative, "absolute deviation that not even outliers may pass"));

        public bool Fits(Keys keys)
        {
            if (Outliers is { Value: < 0 or >= 1 })
                return Refuse(keys, Codes.WrongFormat, "`outliers` is a share, from 0 to below 1", Outliers.Span, "Write 0.01 for one value in a hundred");
            if (Outliers is { Value: > 0 } && Worst is null)
                return Refuse(keys, Codes.MissingKey, "`outliers` needs `worst`: without it some values could be anything", Outliers.Span, "Add `worst:` with the absolute deviation that not even outliers may pass");
            return Worst is null || Outliers is not null || Refuse(keys, Codes.Contradiction, "`worst` bounds `outliers`, which there are not", Worst.Span, "Write `absolute:`, or add `outliers:`");
        }

        static bool Refuse(Keys keys, string code, string message, SourceSpan span, string hint)
        {
            keys.Reading.Error(code, message, span, hint);
            return false;
        }
    }
}
