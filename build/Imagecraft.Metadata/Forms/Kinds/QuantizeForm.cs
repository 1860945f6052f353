// How a model recipe asks for small numbers. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>quantize:</c> of models.</summary>
static class QuantizeForm
{
    const string Static = "static", Adaptive = "adaptive", Taken = ModelVariants.Taken;

    public static Form<QuantizeSpec> Form { get; } = new("`quantize`", Bind);

    static Func<QuantizeSpec?> Bind(Keys keys)
    {
        var method = keys.Required("method", ScalarShapes.OneOf(Static, "dynamic", ModelVariants.WeightOnly, "float16", Taken), "static: INT8 with calibrated ranges; dynamic: INT8 weights, ranges found at run time, for matrix products, LSTM and GRU; weight-only: weights of matrix products and tables with 4 or 8 bits, computation in float; float16: weights of half size; taken: the source is quantized already (QuantizeLinear and DequantizeLinear of a quantization-aware training), and its numbers are taken");
        var calibration = keys.Maybe("calibration", CalibrationForm.Form, "data that ranges of activations are measured on, for static; for weight-only data on which roundings make up for each other (without it each weight is rounded to the nearest)");
        var activations = keys.Maybe("activations", ScalarShapes.OneOf("uint8", "int8", "uint16", "int16"), "type of activations, 16 bits for accelerators that take them; uint8 when absent");
        var weights = keys.Maybe("weights", ScalarShapes.OneOf("uint8", "int8"), "type of weights; int8 when absent");
        var symmetric = keys.Maybe("symmetric", ScalarShapes.Truth, "whether zero lies in the middle of the integers of activations; false when absent");
        var perChannel = keys.Maybe("per-channel", ScalarShapes.Truth, "whether each output channel of weights has a scale of its own; true when absent");
        var biasCorrection = keys.Maybe("bias-correction", ScalarShapes.Truth, "whether biases take back the mean error of the rounded weights, by the means of activations in the calibration data; static only, true when absent");
        var rounding = keys.Maybe("rounding", ScalarShapes.OneOf("nearest", Adaptive), "nearest: each weight by itself; adaptive: up or down so that a layer's outputs err least on the calibration data, which takes longer; static only, nearest when absent");
        var compact = keys.Maybe("compact", ScalarShapes.Truth, "whether inner values get short names, and nodes none, for a smaller file; true when absent");
        var bits = keys.Maybe("bits", ScalarShapes.Count, "bits of a weight, 4 or 8; weight-only alone, 4 when absent");
        var block = keys.Maybe("block", ScalarShapes.Count, "how many weights share a scale, along the inner dimension: 16, 32, 64, 128 or 256; weight-only alone, 32 when absent");
        var dynamic = keys.List("dynamic", ScalarShapes.Text, "names and kinds of matrix products, LSTM and GRU whose ranges are found at run time instead; static only");
        var exclude = keys.List("exclude", ScalarShapes.Text, "names and kinds of nodes that stay float");
        var floatLayers = keys.Maybe("float-layers", ScalarShapes.Count, "how many of the worst layers may stay float for the accuracy gate; 0 when absent");
        var search = keys.Maybe("search", SearchForm.Form, "what the gate looks at while it decides which layers stay float; of `float-layers`");
        var maxSize = keys.Maybe("max-size", ScalarShapes.Number, "largest share of the float network's size that is worth deploying; when absent it must be smaller");
        var minSpeedup = keys.Maybe("min-speedup", ScalarShapes.Number, "least times by which it must be faster than the float network to be worth deploying, by instructions counted on a virtual processor of the board's kind; speed is not asked for when absent");
        var otherwise = keys.Maybe("otherwise", ScalarShapes.OneOf("float", "fail"), "what happens when it does not pay: float (the default): the float network is deployed; fail: the build fails");
        var tolerance = keys.Maybe("tolerance", ToleranceForm.Shape, ToleranceForm.Meaning + ", of the quantized network, where a last digit may decide an integer; what quantization itself changed of the float network's golden outputs when absent");
        return () => Check() ? new QuantizeSpec
        {
            Method = method,
            Calibration = calibration,
            Activations = activations,
            Weights = weights,
            Symmetric = symmetric?.Value,
            PerChannel = perChannel?.Value,
            BiasCorrection = biasCorrection?.Value ?? true,
            AdaptiveRounding = rounding?.Value == Adaptive,
            Compact = compact?.Value ?? true,
            Bits = bits?.Value ?? 4,
            Block = block?.Value ?? 32,
            Dynamic = dynamic,
            Exclude = exclude,
            FloatLayers = floatLayers?.Value ?? 0,
            Search = search,
            MaxSize = maxSize?.Value,
            MinSpeedup = minSpeedup,
            MustPay = otherwise?.Value == "fail",
            Tolerance = tolerance,
        } : null;

        bool Check()
        {
            if (maxSize is { Value: <= 0 })
            {
                keys.Reading.Error(Codes.WrongFormat, "`max-size` must be above 0", maxSize.Span, "Write a share of the float network's size, such as 0.5");
                return false;
            }

            if (minSpeedup is { Value: <= 0 })
            {
                keys.Reading.Error(Codes.WrongFormat, "`min-speedup` must be above 0", minSpeedup.Span, "Write how many times faster it must be, such as 1.2");
                return false;
            }

            // With `float-layers: 0` it may stay, so that settings that are compared need not leave it out.
            if (search is not null && floatLayers is null)
            {
                keys.Reading.Error(Codes.Contradiction, "`search` belongs to `float-layers`, which is missing", search.Dataset.Span, "Add `float-layers:` with how many layers may stay float, or remove `search`");
                return false;
            }

            if (bits is { Value: not (4 or 8) })
            {
                keys.Reading.Error(Codes.WrongFormat, "`bits` is 4 or 8", bits.Span, "ONNX Runtime has kernels for these on every CPU");
                return false;
            }

            if (block is { Value: not (16 or 32 or 64 or 128 or 256) })
            {
                keys.Reading.Error(Codes.WrongFormat, "`block` is one of [ 16, 32, 64, 128, 256 ]", block.Span, "Fewer weights to a scale are more exact, and take more bytes");
                return false;
            }

            if (method.Value != ModelVariants.WeightOnly && (bits ?? block) is { } blocked)
            {
                keys.Reading.Error(Codes.Contradiction, $"`{(bits is null ? "block" : "bits")}` belongs to the method `{ModelVariants.WeightOnly}`, not to `{method.Value}`", blocked.Span, "Remove it");
                return false;
            }

            if (method.Value == Static)
            {
                if (floatLayers is { Value: > 0 } && search is null)
                {
                    keys.Reading.Error(Codes.MissingKey, "`float-layers` needs `search`: which layers stay float must be decided on other data than `evaluate` reports on", floatLayers.Span, "Add `search: { dataset: NAME, split: NAME }` with a split of its own");
                    return false;
                }

                if (calibration is not null)
                    return true;
                keys.Reading.Error(Codes.MissingKey, "Static quantization needs `calibration`, from which it takes the ranges of activations", method.Span, "Add `calibration: { dataset: NAME, split: NAME, count: N }`");
                return false;
            }

            var isWeightOnly = method.Value == ModelVariants.WeightOnly;
            var ofStatic = new[] { ("weights", isWeightOnly ? weights?.Span : null), ("per-channel", isWeightOnly ? perChannel?.Span : null), ("activations", activations?.Span), ("symmetric", symmetric?.Span), ("bias-correction", biasCorrection?.Span), ("rounding", rounding?.Span), ("float-layers", floatLayers?.Span), ("search", search?.Dataset.Span), ("dynamic", dynamic.FirstOrDefault()?.Span), (isWeightOnly ? "calibration.method" : "calibration", isWeightOnly ? calibration?.Method?.Span : calibration?.Dataset.Span) };
            var ofTheSource = method.Value == Taken ? new[] { ("weights", weights?.Span), ("per-channel", perChannel?.Span), ("exclude", exclude.IsEmpty ? null : exclude[0].Span), ("max-size", maxSize?.Span), ("min-speedup", minSpeedup?.Span), ("otherwise", otherwise?.Span) } : [];
            foreach (var (key, span) in ofStatic.Where(u => u.Item2 is not null))
                keys.Reading.Error(Codes.Contradiction, $"`{key}` belongs to the method `{Static}`, not to `{method.Value}`", span!, "Remove it");
            foreach (var (key, span) in ofTheSource.Where(u => u.Item2 is not null))
                keys.Reading.Error(Codes.Contradiction, $"`{key}` has no meaning for the method `{Taken}`: what is on integers, and how, the source decides", span!, "Remove it");
            return ofStatic.Concat(ofTheSource).All(u => u.Item2 is null);
        }
    }
}

/// <summary><c>search:</c> of <c>quantize</c>.</summary>
static class SearchForm
{
    public static Form<SearchSpec> Form { get; } = new("`search`", keys => new SearchSpec(
        keys.Required("dataset", ScalarShapes.Name, "a dataset"),
        keys.Required("split", ScalarShapes.Name, "a split of it that neither `calibration` nor `evaluate` uses")));
}

/// <summary><c>calibration:</c> of <c>quantize</c>.</summary>
static class CalibrationForm
{
    const string PercentileMethod = "percentile";

    public static Form<CalibrationSpec> Form { get; } = new("`calibration`", Bind);

    static Func<CalibrationSpec?> Bind(Keys keys)
    {
        var dataset = keys.Required("dataset", ScalarShapes.Name, "a dataset");
        var split = keys.Required("split", ScalarShapes.Name, "a split of it, best one that the accuracy gate does not use");
        var count = keys.Required("count", ScalarShapes.Count, "images or sounds, spread evenly over the split");
        var method = keys.Maybe("method", ScalarShapes.OneOf("min-max", "entropy", PercentileMethod), "min-max: all values seen; entropy: least divergence of the distributions; percentile: all but a share at each end; min-max when absent");
        var percentile = keys.Maybe("percentile", ScalarShapes.Number, "of percentile: percent of the values below the upper end, above 50; 99.99 when absent");
        return () => Check() ? new CalibrationSpec(dataset, split, count, method, percentile?.Value) : null;

        bool Check()
        {
            var good = GoldenForm.IsSome(count, keys.Reading);
            if (percentile is null)
                return good;
            if (method?.Value != PercentileMethod)
                return Refuse(keys, Codes.Contradiction, $"`percentile` belongs to the method `{PercentileMethod}`", percentile.Span, $"Add `method: {PercentileMethod}`");
            return percentile.Value is > 50 and <= 100 ? good : Refuse(keys, Codes.WrongFormat, "`percentile` must be above 50, and at most 100", percentile.Span, null);
        }
    }

    static bool Refuse(Keys keys, string code, string message, SourceSpan span, string? hint)
    {
        keys.Reading.Error(code, message, span, hint);
        return false;
    }
}
