// From what a model's actions gave to the report that people read. Unaware of how it is shown.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reports;

namespace Imagecraft.BuiltIns.Models;

/// <summary>One setting of a network, as its actions left it.</summary>
/// <param name="Setting">What people call it.</param>
/// <param name="Path">The network's file.</param>
/// <param name="Accuracy">What the gate wrote, or null.</param>
/// <param name="Quantization">What the quantization wrote, or null.</param>
/// <param name="Profiles">What was written of accelerators.</param>
public sealed record BuiltSetting(string Setting, string Path, string? Accuracy, string? Quantization, ImmutableArray<string> Profiles)
{
    /// <summary>What a board does when it loads it.</summary>
    public LoadOptimization AtLoad { get; init; }

    /// <summary>Instructions of an inference; null when they were not counted.</summary>
    public long? Instructions { get; init; }
}

/// <summary>Puts reports together.</summary>
public static class ModelReports
{
    /// <summary>The report of one network; latencies are measured now.</summary>
    /// <param name="name">The model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="settings">The float network first.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public static ModelReport Make(string name, string version, IReadOnlyList<BuiltSetting> settings, CancellationToken cancellationToken)
    {
        var accuracies = settings.Select(s => s.Accuracy is null ? null : JsonSerializer.Deserialize(s.Accuracy, AccuracyJson.Default.AccuracyResult)).ToList();
        var latencies = HostLatency.Measure([.. settings.Select(s => new MeasuredNetwork(s.Path, s.AtLoad))], name, cancellationToken);
        var variants = settings.Select((setting, i) => Figures(setting, accuracies[i], latencies[i]));
        var profiles = settings.SelectMany(s => s.Profiles).Select(ProfileReport.Parse).Reverse().DistinctBy(p => p.Profile).Reverse();
        return new(name, version, accuracies.FirstOrDefault(a => a is not null)?.Metric ?? "", [.. variants]) { Profiles = [.. profiles] };
    }

    private static VariantFigures Figures(BuiltSetting setting, AccuracyResult? accuracy, Latency latency)
    {
        var report = setting.Quantization is null ? null : QuantizationReport.Parse(setting.Quantization);
        var layers = (report?.Layers ?? []).OrderBy(layer => layer.OwnDecibels).Select(layer => new LayerFigures(layer.Name, layer.Kind, layer.OwnDecibels, layer.Bytes, layer.FloatBytes));
        return new(setting.Setting, new FileInfo(setting.Path).Length, accuracy?.CandidateValue, latency, report?.FloatLayers ?? [], [.. layers]) { Loss = accuracy?.Drop, Instructions = setting.Instructions, FloatNodes = [.. report?.FloatNodes.Select(node => node.Text) ?? []], Verdict = accuracy?.Text };
    }
}
