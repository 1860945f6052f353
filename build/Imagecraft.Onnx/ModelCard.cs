// The machine-readable card of a deployed model. Unaware of how it was built.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Evaluation.Statistics;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx;

/// <summary>What the steps before found out about a deployed network.</summary>
public sealed record CardFacts
{
    /// <summary>Name of the variant.</summary>
    public string Variant { get; init; } = "float";

    /// <summary>Why a quantized network was not deployed though it was made; null otherwise.</summary>
    public string? NotDeployed { get; init; }

    /// <summary>The <c>.onnx</c> file that the deployed <c>.ort</c> was made of; null when the deployed file is an <c>.onnx</c> itself.</summary>
    public string? GraphPath { get; init; }

    /// <summary>The deployed file where it lies beside its card; null when that is the file that was judged.</summary>
    public string? DeployedPath { get; init; }

    /// <summary>What the gate said; null without one.</summary>
    public AccuracyResult? Accuracy { get; init; }

    /// <summary>The report of the quantization as JSON; null for a float network.</summary>
    public string? Quantization { get; init; }

    /// <summary>What accelerators take of it, each a <see cref="Profiles.ProfileReport"/> as JSON.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];
}

/// <summary>What a user of the board wants to know of a model, as JSON.</summary>
static class ModelCard
{
    public static void Write(string path, string sourcePath, string modelPath, ModelOptions options, GoldenFiles golden, CardFacts facts)
    {
        var model = OnnxFile.Read(facts.GraphPath ?? modelPath, options.Name);
        var network = new ReferenceNetwork(model, options.Name);
        using var stream = File.Create(path);
        using var writer = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        writer.WriteString("name", options.Name);
        writer.WriteString("variant", facts.Variant);
        if (facts.NotDeployed is not null)
            writer.WriteString("not_deployed", facts.NotDeployed);
        writer.WriteString("format", facts.GraphPath is null ? "onnx" : "ort");
        writer.WriteString("version", options.Version);
        writer.WriteString("license", options.License);
        writer.WriteString("origin", options.Origin);
        writer.WriteString("training_data", options.TrainedOn);
        WriteFile(writer, "source", sourcePath);
        WriteFile(writer, "model", facts.DeployedPath ?? modelPath);
        if (facts.DeployedPath is { } deployed && File.Exists(deployed + LargeNetwork.DataEnding))
            WriteFile(writer, "data", deployed + LargeNetwork.DataEnding);
        writer.WriteStartObject("opsets");
        foreach (var opset in model.OpsetImport.OrderBy(opset => opset.Domain, StringComparer.Ordinal))
            writer.WriteNumber(opset.Domain.Length == 0 ? "ai.onnx" : opset.Domain, opset.Version);
        writer.WriteEndObject();
        writer.WriteString("optimize", options.Optimize.ToString().ToLowerInvariant());
        writer.WriteString("optimize_at_load", options.OptimizeAtLoad.ToString().ToLowerInvariant());
        WritePorts(writer, "inputs", network.Inputs);
        WritePorts(writer, "outputs", network.Outputs);
        writer.WriteStartObject("constants");
        foreach (var (name, value) in options.Constants)
            writer.WriteNumber(name, value);
        writer.WriteEndObject();
        writer.WriteStartObject("carry");
        foreach (var (input, output) in options.Carry)
            writer.WriteString(input, output);
        writer.WriteEndObject();
        writer.WriteNumber("context", options.Context);
        writer.WriteNumber("sample_rate", options.SampleRate);
        WriteTolerances(writer, golden.Tolerances);
        if (golden.Decision is { } decision)
            WriteDecision(writer, decision);
        WriteLabels(writer, options);
        SensingCard.Write(writer, options);
        if (facts.Accuracy is not null)
            WriteAccuracy(writer, facts.Accuracy);
        if (facts.Quantization is not null)
        {
            writer.WritePropertyName("quantization");
            WriteJson(writer, facts.Quantization);
        }
        writer.WriteStartArray("profiles");
        foreach (var report in facts.Profiles)
            WriteJson(writer, report);
        writer.WriteEndArray();
        writer.WriteStartArray("samples");
        foreach (var result in golden.Results)
        {
            writer.WriteStartObject();
            writer.WriteString("name", result.Sample);
            writer.WriteNumber("frames", result.Frames);
            WriteFigure(writer, "mean", Math.Round(result.Mean, 4));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        stream.Write("\n"u8);
    }

    /// <summary>A number; null for what JSON has no number for: the mean of nothing, or of infinite values.</summary>
    static void WriteFigure(Utf8JsonWriter writer, string key, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(key, value);
        else
            writer.WriteNull(key);
    }

    static void WriteJson(Utf8JsonWriter writer, string json)
    {
        using var document = JsonDocument.Parse(json);
        document.RootElement.WriteTo(writer);
    }

    static void WriteTolerances(Utf8JsonWriter writer, ImmutableSortedDictionary<string, OutputTolerance> tolerances)
    {
        writer.WriteStartObject("tolerance");
        foreach (var (output, tolerance) in tolerances)
        {
            writer.WriteStartObject(output);
            writer.WriteNumber("absolute", tolerance.Absolute);
            writer.WriteNumber("relative", tolerance.Relative);
            if (tolerance.Outliers > 0)
                writer.WriteNumber("outliers", tolerance.Outliers);
            if (tolerance.Worst is { } worst)
                writer.WriteNumber("worst", worst);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    static void WriteDecision(Utf8JsonWriter writer, Decision decision)
    {
        writer.WriteStartObject("decision");
        writer.WriteString("metric", decision.Metric);
        writer.WriteString("output", decision.Output);
        writer.WriteString("kind", decision.Kind);
        writer.WriteNumber("threshold", decision.Threshold);
        writer.WriteNumber("least", decision.Least);
        writer.WriteEndObject();
    }

    static void WriteLabels(Utf8JsonWriter writer, ModelOptions options)
    {
        writer.WriteStartArray("labels");
        foreach (var label in options.Labels)
            writer.WriteStringValue(label);
        writer.WriteEndArray();
    }

    static void WriteAccuracy(Utf8JsonWriter writer, AccuracyResult accuracy)
    {
        writer.WriteStartObject("accuracy");
        writer.WriteString("metric", accuracy.Metric);
        writer.WriteString("dataset", accuracy.Dataset);
        writer.WriteNumber("frames", accuracy.Frames);
        WriteFigure(writer, "float", Math.Round(accuracy.FloatValue, 6));
        WriteFigure(writer, "deployed", Math.Round(accuracy.CandidateValue, 6));
        if (accuracy.Evidence is { } evidence && double.IsFinite(evidence.Drop.High))
        {
            writer.WriteNumber("confidence", evidence.Confidence);
            writer.WriteNumber("units", evidence.Units);
            WriteInterval(writer, "deployed_interval", evidence.Value);
            WriteInterval(writer, "drop_interval", evidence.Drop);
        }
        if (!accuracy.Others.IsDefaultOrEmpty)
        {
            writer.WriteStartObject("other_outputs");
            foreach (var other in accuracy.Others)
                WriteFigure(writer, other.Output, Math.Round(other.Cosine, 6));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    static void WriteInterval(Utf8JsonWriter writer, string key, Interval interval)
    {
        writer.WriteStartArray(key);
        writer.WriteNumberValue(Math.Round(interval.Low, 6));
        writer.WriteNumberValue(Math.Round(interval.High, 6));
        writer.WriteEndArray();
    }

    static void WriteFile(Utf8JsonWriter writer, string key, string path)
    {
        using var file = File.OpenRead(path);
        writer.WriteStartObject(key);
        writer.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(file)));
        writer.WriteNumber("size", file.Length);
        writer.WriteEndObject();
    }

    static void WritePorts(Utf8JsonWriter writer, string key, IReadOnlyList<TensorPort> ports)
    {
        writer.WriteStartArray(key);
        foreach (var port in ports)
        {
            writer.WriteStartObject();
            writer.WriteString("name", port.Name);
            writer.WriteString("type", port.Type);
            writer.WriteStartArray("shape");
            for (var i = 0; i < port.Shape.Length; i++)
                writer.WriteNumberValue(port.FreeAxes.Contains(i) ? -1 : port.Shape[i]);
            writer.WriteEndArray();
            if (!port.FreeAxes.IsEmpty)
            {
                writer.WriteStartArray("usual_shape");
                foreach (var size in port.Shape)
                    writer.WriteNumberValue(size);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
