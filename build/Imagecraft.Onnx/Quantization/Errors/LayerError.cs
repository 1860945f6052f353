// How much each quantized layer errs. Unaware of how it was measured.

using System.Text.Json;

namespace Imagecraft.Onnx.Quantization.Errors;

/// <summary>The error of one quantized layer against the float network over all samples, and its size.</summary>
/// <param name="Name">Of the node.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Output">The value compared.</param>
/// <param name="AccumulatedDecibels">Signal to quantization noise in dB, with the errors of all layers before it.</param>
/// <param name="OwnDecibels">The same when the layer reads the float network's values, so the noise is its own.</param>
/// <param name="FloatBytes">Size of weights and bias before, in bytes.</param>
/// <param name="Bytes">Size of weights, scales and bias after, in bytes.</param>
/// <remarks>Signal to quantization noise is 10 log10(sum x^2 / sum (x - q)^2), infinite without noise, minus infinity for noise without a signal.</remarks>
public sealed record LayerError(string Name, string Kind, string Output, double AccumulatedDecibels, double OwnDecibels, long FloatBytes, long Bytes)
{
    // JSON has no infinities. No layer comes near this one.
    const double NoiseWithoutSignal = -999;

    /// <summary>Writes an object; a ratio without noise is null, noise without a signal -999.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", Name);
        writer.WriteString("kind", Kind);
        writer.WriteString("output", Output);
        WriteDecibels(writer, "sqnr_db", AccumulatedDecibels);
        WriteDecibels(writer, "own_sqnr_db", OwnDecibels);
        writer.WriteNumber("float_bytes", FloatBytes);
        writer.WriteNumber("bytes", Bytes);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    public static LayerError Parse(JsonElement layer) => new(
        layer.GetProperty("name").GetString()!,
        layer.GetProperty("kind").GetString()!,
        layer.GetProperty("output").GetString()!,
        Decibels(layer.GetProperty("sqnr_db")),
        Decibels(layer.GetProperty("own_sqnr_db")),
        layer.GetProperty("float_bytes").GetInt64(),
        layer.GetProperty("bytes").GetInt64());

    static double Decibels(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : value.GetDouble();

    static void WriteDecibels(Utf8JsonWriter writer, string key, double value)
    {
        if (double.IsPositiveInfinity(value))
            writer.WriteNull(key);
        else
            writer.WriteNumber(key, double.IsFinite(value) ? Math.Round(value, 2) : NoiseWithoutSignal);
    }
}
