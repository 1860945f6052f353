// From what a model's actions gave to the report that people read. Unaware of how it is shown.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reports;

namespace Imagecraft.BuiltIns.Models;

/// <summary>Puts reports together.</summary>
public static class ModelReports
{
    /// <summary>The report of one network; latencies are measured now.</summary>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="floatPath">The prepared network.</param>
    /// <param name="deployedPath">The network that is deployed; the same when it is not quantized.</param>
    /// <param name="accuracy">What the gate wrote, or null.</param>
    /// <param name="quantization">What the quantization wrote, or null.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public static ModelReport Make(string name, string version, string floatPath, string deployedPath, string? accuracy, string? quantization, CancellationToken cancellationToken)
    {
        var figures = accuracy is null ? null : JsonSerializer.Deserialize(accuracy, AccuracyJson.Default.AccuracyResult);
        var report = quantization is null ? null : QuantizationReport.Parse(quantization);
        ImmutableArray<string> paths = report is null ? [floatPath] : [floatPath, deployedPath];
        var latencies = HostLatency.Measure(paths, name, cancellationToken);
        var variants = ImmutableArray.Create(new VariantFigures("float", new FileInfo(floatPath).Length, figures?.FloatValue, latencies[0], []));
        if (report is not null)
            variants = variants.Add(new VariantFigures(report.Method.ToString().ToLowerInvariant(), report.Bytes, figures?.CandidateValue, latencies[1], report.FloatLayers));
        return new(name, version, figures?.Metric ?? "", variants, [.. (report?.Layers ?? []).OrderBy(layer => layer.OwnDecibels).Select(layer => new LayerFigures(layer.Name, layer.Kind, layer.OwnDecibels, layer.Bytes, layer.FloatBytes))]);
    }
}
