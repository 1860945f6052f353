// Holds a recipe's quantization against its accuracy gate. Unaware of datasets' content and of ONNX.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>What is quantized is judged by data that no other step has looked at.</summary>
static class JudgedCheck
{
    public static bool Holds(ModelRecipe model, QuantizeSpec quantize, Reading reading)
    {
        if (model.Judging is null)
            return Refuse(Codes.MissingKey, "`quantize` needs `evaluate`: nobody would see what it costs in accuracy", quantize.Method.Span, "Add `evaluate: { dataset: NAME, split: NAME, metric: NAME, max-drop: N }`, or `evaluate: none` to deploy it unjudged");
        if (model.Evaluate is not { } gate)
            return quantize.FloatLayers == 0 || Refuse(Codes.Contradiction, "`float-layers` needs `evaluate`, whose gate decides which layers stay float", quantize.Method.Span, "Add `evaluate`, or name the layers in `exclude`");
        var good = true;
        if (quantize.Calibration is { } calibration && Same(calibration.Dataset, calibration.Split, gate.Dataset, gate.Split))
            good = Refuse(Codes.Contradiction, $"The model is calibrated on `{calibration.Split}` of `{calibration.Dataset}`, on which `evaluate` judges it", calibration.Split.Span, "Calibrate on another split: a gate must judge by data that no step has looked at");
        if (quantize.Search is { } search && Same(search.Dataset, search.Split, gate.Dataset, gate.Split))
            good = Refuse(Codes.Contradiction, $"Layers that stay float are searched on `{search.Split}` of `{search.Dataset}`, on which `evaluate` judges the model", search.Split.Span, "Search on another split: a gate must judge by data that no step has looked at");
        if (quantize is { Search: { } own, Calibration: { } used } && Same(own.Dataset, own.Split, used.Dataset, used.Split))
            good = Refuse(Codes.Contradiction, $"Layers that stay float are searched on `{own.Split}` of `{own.Dataset}`, on which the model is calibrated", own.Split.Span, "Search on another split: on this one a quantized network looks better than it is");
        return good;

        bool Refuse(string code, string message, SourceSpan span, string hint)
        {
            reading.Error(code, message, span, hint);
            return false;
        }
    }

    static bool Same(Sited<string> dataset, Sited<string> split, Sited<string> otherDataset, Sited<string> otherSplit) => (dataset.Value, split.Value) == (otherDataset.Value, otherSplit.Value);
}
