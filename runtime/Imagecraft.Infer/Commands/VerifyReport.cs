// What `verify` found, as text and as JSON. Unaware of how it was found.

using System.Globalization;
using System.Text;
using System.Text.Json;
using Imagecraft.Infer.Accelerators;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Deployed;

namespace Imagecraft.Infer.Commands;

/// <summary>One output of one sample.</summary>
sealed record OutputResult(CardSample Sample, string Output, Deviation Deviation, Allowance Allowance);

/// <summary>All outputs of all samples, and what is decided by them.</summary>
/// <param name="folder">What was verified.</param>
/// <param name="results">In the card's and the network's order.</param>
/// <param name="decisions">Of all samples; null when nothing is known of decisions.</param>
sealed class VerifyReport(ModelFolder folder, IReadOnlyList<OutputResult> results, Decisions? decisions)
{
    /// <summary>Where the network ran; null: on the processor.</summary>
    public Placement? Placement { get; init; }

    /// <summary>What it may cost there.</summary>
    public required DeviceBounds Bounds { get; init; }

    /// <summary>Whether every output is within its tolerance, enough decisions are as they were, and the accelerator had to do what it may.</summary>
    public bool Passes => results.All(result => result.Deviation.Passes) && decisions?.Passes != false && Excesses.Length == 0;

    string[] Excesses => Placement is null ? Bounds.IsEmpty ? [] : ["there is no accelerator, on which something is limited"] : [.. Bounds.Problems(Placement)];

    /// <summary>How many values are no number where golden has one; nothing where there are none.</summary>
    public static string Unlike(Deviation deviation) => deviation.Unlike == 0 ? "" : $", {deviation.Unlike} of the values are finite in one of both only";

    public string Text()
    {
        List<string> lines = [.. results.Select(Line)];
        if (decisions is not null)
            lines.Add(DecisionLine(decisions));
        if (Placement is { } placement)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"device {placement.Device}: {placement.Share:P2} of the multiply-accumulates, {placement.Regions} parts, {placement.Crossings} crossings, {placement.CyclesPerInference} cycles an inference"));
        lines.AddRange(Excesses.Select(excess => $"MISMATCH device: {excess}"));
        lines.Add($"{results.Count(result => result.Deviation.Passes)} of {results.Count} outputs of {folder.Card.Samples.Count} samples reproduced");
        lines.AddRange(Remedies());
        return string.Join('\n', lines);
    }

    public string Json()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", folder.ModelPath);
            writer.WriteBoolean("passed", Passes);
            writer.WriteStartArray("outputs");
            foreach (var result in results)
                WriteOutput(writer, result);
            writer.WriteEndArray();
            if (decisions is not null)
                WriteDecision(writer, folder.Card.Decision!, decisions);
            if (Placement is { } placement)
                WriteDevice(writer, placement);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    static string Line(OutputResult result)
    {
        var (deviation, allowance) = (result.Deviation, result.Allowance);
        var share = allowance.Outliers == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" but for {deviation.Outside:P3} of the values, {allowance.Outliers:P3} may, by at most {allowance.Worst:G6}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{(deviation.Passes ? "golden" : "MISMATCH")} `{result.Sample.Name}` `{result.Output}`: largest deviation {deviation.Largest:G6}, tolerance {deviation.Bound:G6}{share}{Unlike(deviation)}, {result.Sample.Frames} frames");
    }

    string DecisionLine(Decisions counted)
    {
        var rule = folder.Card.Decision!;
        var what = rule.Kind switch
        {
            DecisionKind.Side => string.Create(CultureInfo.InvariantCulture, $"side of {rule.Threshold:G6}"),
            DecisionKind.Overlap => string.Create(CultureInfo.InvariantCulture, $"overlap above {rule.Threshold:G6}"),
            DecisionKind.Direction => "direction",
            _ => "arg-max",
        };
        var figures = rule.Kind is DecisionKind.Overlap or DecisionKind.Direction
            ? string.Create(CultureInfo.InvariantCulture, $"{counted.Value:0.#####}, {counted.Same} of {counted.Total}")
            : $"the same in {counted.Same} of {counted.Total}{(counted.Close > 0 ? $", too close to call in {counted.Close}" : "")}";
        return string.Create(CultureInfo.InvariantCulture, $"{(counted.Passes ? "decision" : "MISMATCH decision")} `{rule.Metric}` of `{rule.Output}`: {what} {figures}, at least {rule.Least:0.#####} must be");
    }

    /// <summary>The key that allows what was seen, for whoever knows that it does no harm.</summary>
    IEnumerable<string> Remedies()
    {
        var key = folder.Card.IsQuantized ? "quantize.tolerance" : "tolerance";
        var worst = results.Where(result => !result.Deviation.Passes && result.Deviation.Unlike == 0).GroupBy(result => result.Output).ToArray();
        foreach (var output in worst)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"To allow so much of `{output.Key}`, set `{key}: {{ outputs: {{ {output.Key}: {{ absolute: {Up(output.Max(result => result.Deviation.Largest)):G2} }} }} }}` in the recipe of the model{(folder.Card.Name.Length > 0 ? $" `{folder.Card.Name}`" : "")}");
        if (decisions?.Passes == false)
            yield return $"To allow other decisions, set `{key}: {{ agreement: SHARE }}` in the recipe of the model{(folder.Card.Name.Length > 0 ? $" `{folder.Card.Name}`" : "")}";
    }

    /// <summary>A number of two digits that is not below the given one.</summary>
    static double Up(double value)
    {
        if (value == 0)
            return 0;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return Math.Ceiling(value / unit) * unit;
    }

    static void WriteOutput(Utf8JsonWriter writer, OutputResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("sample", result.Sample.Name);
        writer.WriteString("output", result.Output);
        writer.WriteNumber("frames", result.Sample.Frames);
        writer.WriteBoolean("passed", result.Deviation.Passes);
        writer.WriteNumber("deviation", result.Deviation.Largest);
        writer.WriteNumber("tolerance", result.Deviation.Bound);
        writer.WriteNumber("outside", result.Deviation.Outside);
        writer.WriteNumber("unlike", result.Deviation.Unlike);
        writer.WriteNumber("outliers", result.Allowance.Outliers);
        if (double.IsFinite(result.Allowance.Worst))
            writer.WriteNumber("worst", result.Allowance.Worst);
        writer.WriteEndObject();
    }

    void WriteDevice(Utf8JsonWriter writer, Placement placement)
    {
        writer.WriteStartObject("device");
        writer.WriteString("path", placement.Device);
        writer.WriteNumber("share", placement.Share);
        writer.WriteNumber("regions", placement.Regions);
        writer.WriteNumber("crossings", placement.Crossings);
        writer.WriteNumber("cycles", placement.CyclesPerInference);
        writer.WriteStartArray("excesses");
        foreach (var excess in Excesses)
            writer.WriteStringValue(excess);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    static void WriteDecision(Utf8JsonWriter writer, DecisionRule rule, Decisions counted)
    {
        writer.WriteStartObject("decision");
        writer.WriteString("metric", rule.Metric);
        writer.WriteString("output", rule.Output);
        writer.WriteBoolean("passed", counted.Passes);
        writer.WriteNumber("total", counted.Total);
        writer.WriteNumber("same", counted.Same);
        writer.WriteNumber("close", counted.Close);
        writer.WriteNumber("least", rule.Least);
        if (double.IsFinite(counted.Value))
            writer.WriteNumber("value", counted.Value);
        writer.WriteEndObject();
    }
}
