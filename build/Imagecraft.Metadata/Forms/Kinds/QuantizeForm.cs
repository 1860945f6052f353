// How a model recipe asks for small numbers. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>quantize:</c> of models.</summary>
static class QuantizeForm
{
    const string Static = "static";

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Method = Keys.Required("method", ScalarShapes.OneOf(Static, "dynamic", "float16"), "static: INT8 with calibrated ranges; dynamic: INT8 weights, ranges found at run time, for matrix products and LSTM; float16: weights of half size");
    static readonly Field<CalibrationSpec?> Calibration = Keys.Optional<CalibrationSpec?>("calibration", CalibrationForm.Form!, null, "data that ranges of activations are measured on; static only");
    static readonly Field<Sited<string>?> Activations = Keys.Maybe("activations", ScalarShapes.OneOf("uint8", "int8"), "type of activations; uint8 when absent");
    static readonly Field<Sited<string>?> Weights = Keys.Maybe("weights", ScalarShapes.OneOf("uint8", "int8"), "type of weights; int8 when absent");
    static readonly Field<Sited<bool>?> Symmetric = Keys.Maybe("symmetric", ScalarShapes.Truth, "whether zero lies in the middle of the integers of activations; false when absent");
    static readonly Field<Sited<bool>?> PerChannel = Keys.Maybe("per-channel", ScalarShapes.Truth, "whether each output channel of weights has a scale of its own; true when absent");
    static readonly Field<ImmutableArray<Sited<string>>> Exclude = Keys.List("exclude", ScalarShapes.Text, "names and kinds of nodes that stay float");
    static readonly Field<Sited<int>?> FloatLayers = Keys.Maybe("float-layers", ScalarShapes.Count, "how many of the worst layers may stay float for the accuracy gate; 0 when absent");
    static readonly Field<Sited<double>?> Tolerance = Keys.Maybe("tolerance", ScalarShapes.Number, "allowed absolute deviation of the board from the quantized network's golden outputs, where a last digit may decide an integer; that of the model when absent");
    static readonly Field<Sited<double>?> Outliers = Keys.Maybe("outliers", ScalarShapes.Number, "share of an output's values that may deviate more than `tolerance` on the board, for maps whose rims move with the last digit; 0 when absent");

    public static Form<QuantizeSpec> Form { get; } = new("`quantize`", Keys, Make, Check);

    static QuantizeSpec Make(Values values) => new()
    {
        Method = values.Get(Method),
        Calibration = values.Get(Calibration),
        Activations = values.Get(Activations),
        Weights = values.Get(Weights),
        Symmetric = values.Get(Symmetric)?.Value,
        PerChannel = values.Get(PerChannel)?.Value,
        Exclude = values.Get(Exclude),
        FloatLayers = values.Get(FloatLayers)?.Value ?? 0,
        Tolerance = values.Get(Tolerance)?.Value,
        Outliers = values.Get(Outliers)?.Value ?? 0,
    };

    static bool Check(Values values)
    {
        var method = values.Get(Method);
        if (values.Get(Tolerance) is { Value: < 0 } tolerance)
        {
            values.Reading.Error(Codes.WrongFormat, "`tolerance` must not be negative", tolerance.Span, "Write how far an output may lie from the golden one, such as 0.01");
            return false;
        }

        if (values.Get(Outliers) is { Value: < 0 or >= 1 } outliers)
        {
            values.Reading.Error(Codes.WrongFormat, "`outliers` is a share, from 0 to below 1", outliers.Span, "Write 0.01 for one value in a hundred");
            return false;
        }

        if (method.Value == Static)
        {
            if (values.Get(Calibration) is not null)
                return true;
            values.Reading.Error(Codes.MissingKey, "Static quantization needs `calibration`, from which it takes the ranges of activations", method.Span, "Add `calibration: { dataset: NAME, split: NAME, count: N }`");
            return false;
        }

        var useless = new[] { (Activations.Key, values.Get(Activations)?.Span), (Symmetric.Key, values.Get(Symmetric)?.Span), (FloatLayers.Key, values.Get(FloatLayers)?.Span), (Calibration.Key, values.Get(Calibration)?.Dataset.Span) };
        foreach (var (key, span) in useless.Where(u => u.Item2 is not null))
            values.Reading.Error(Codes.Contradiction, $"`{key}` belongs to the method `{Static}`, not to `{method.Value}`", span!, "Remove it");
        return useless.All(u => u.Item2 is null);
    }
}

/// <summary><c>calibration:</c> of <c>quantize</c>.</summary>
static class CalibrationForm
{
    const string PercentileMethod = "percentile";

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Dataset = Keys.Required("dataset", ScalarShapes.Name, "a dataset");
    static readonly Field<Sited<string>> Split = Keys.Required("split", ScalarShapes.Name, "a split of it, best one that the accuracy gate does not use");
    static readonly Field<Sited<int>> Count = Keys.Required("count", ScalarShapes.Count, "images or sounds, spread evenly over the split");
    static readonly Field<Sited<string>?> Method = Keys.Maybe("method", ScalarShapes.OneOf("min-max", "entropy", PercentileMethod), "min-max: all values seen; entropy: least divergence of the distributions; percentile: all but a share at each end; min-max when absent");
    static readonly Field<Sited<double>?> Percentile = Keys.Maybe("percentile", ScalarShapes.Number, "of percentile: percent of the values below the upper end, above 50; 99.99 when absent");

    public static Form<CalibrationSpec> Form { get; } = new("`calibration`", Keys,
        values => new CalibrationSpec(values.Get(Dataset), values.Get(Split), values.Get(Count), values.Get(Method), values.Get(Percentile)?.Value), Check);

    static bool Check(Values values)
    {
        var good = true;
        if (values.Get(Count).Value <= 0)
            good = Refuse(values, Codes.WrongFormat, "`count` must be above 0", values.Get(Count).Span, null);
        if (values.Get(Percentile) is not { } percentile)
            return good;
        if (values.Get(Method)?.Value != PercentileMethod)
            return Refuse(values, Codes.Contradiction, $"`percentile` belongs to the method `{PercentileMethod}`", percentile.Span, $"Add `method: {PercentileMethod}`");
        return percentile.Value is > 50 and <= 100 ? good : Refuse(values, Codes.WrongFormat, "`percentile` must be above 50, and at most 100", percentile.Span, null);
    }

    static bool Refuse(Values values, string code, string message, SourceSpan span, string? hint)
    {
        values.Reading.Error(code, message, span, hint);
        return false;
    }
}
