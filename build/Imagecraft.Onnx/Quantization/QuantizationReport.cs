// What a quantization did, as JSON for cards and reports. Unaware of how it was done.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Quantization.Errors;

namespace Imagecraft.Onnx.Quantization;

/// <summary>The outcome of one quantization.</summary>
/// <param name="Method">The way.</param>
/// <param name="FloatBytes">Size of the network before.</param>
/// <param name="Bytes">Size of the network after.</param>
/// <param name="FloatLayers">Layers that stayed float for the accuracy gate, in the order in which they fell back.</param>
/// <param name="Layers">Errors of the quantized layers in topological order; empty for other methods than static.</param>
public sealed record QuantizationReport(QuantizationMethod Method, long FloatBytes, long Bytes, ImmutableArray<string> FloatLayers, ImmutableArray<LayerError> Layers)
{
    /// <summary>Nodes that stayed float though nobody excluded them.</summary>
    public ImmutableArray<FloatNode> FloatNodes { get; init; } = [];

    /// <summary>Of integers that the source had: signal to noise of the worst output against what its pairs compute in float, in dB; null for other methods.</summary>
    public double? Agreement { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote; a ratio without noise, which JSON cannot tell, is infinite.</summary>
    public static QuantizationReport Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new(
            Enum.Parse<QuantizationMethod>(root.GetProperty("method").GetString()!, ignoreCase: true),
            root.GetProperty("float_bytes").GetInt64(),
            root.GetProperty("bytes").GetInt64(),
            [.. root.GetProperty("float_layers").EnumerateArray().Select(layer => layer.GetString()!)],
            [.. root.GetProperty("layers").EnumerateArray().Select(LayerError.Parse)])
        {
            Agreement = root.TryGetProperty("agreement_db", out var agreement) ? (agreement.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : agreement.GetDouble()) : null,
            FloatNodes = [.. root.GetProperty("float_nodes").EnumerateArray().Select(node => new FloatNode(node.GetProperty("name").GetString()!, node.GetProperty("kind").GetString()!, node.GetProperty("reason").GetString()!))],
        };
    }

    /// <summary>The report as an indented JSON object.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("method", Method.ToString().ToLowerInvariant());
            writer.WriteNumber("float_bytes", FloatBytes);
            writer.WriteNumber("bytes", Bytes);
            if (Agreement is { } agreement && double.IsFinite(agreement))
                writer.WriteNumber("agreement_db", Math.Round(agreement, 1));
            else if (Agreement is not null)
                writer.WriteNull("agreement_db");
            writer.WriteStartArray("float_layers");
            foreach (var layer in FloatLayers)
                writer.WriteStringValue(layer);
            writer.WriteEndArray();
            writer.WriteStartArray("float_nodes");
            foreach (var node in FloatNodes)
            {
                writer.WriteStartObject();
                writer.WriteString("name", node.Name);
                writer.WriteString("kind", node.Kind);
                writer.WriteString("reason", node.Reason);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteStartArray("layers");
            foreach (var layer in Layers)
                layer.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
