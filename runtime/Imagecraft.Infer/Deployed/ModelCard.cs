// Reads what the runtime needs of a deployed model's card.json. Unaware of folders and of networks.

using System.Text.Json;
using Imagecraft.Infer.Data;

namespace Imagecraft.Infer.Deployed;

/// <summary>A golden sample as the card lists it.</summary>
/// <param name="Name">Its folder below <c>golden</c>.</param>
/// <param name="Frames">How many values of the stepped input it has.</param>
sealed record CardSample(string Name, long Frames);

/// <summary>The part of a card that says how golden outputs are reproduced.</summary>
/// <param name="Tolerance">Largest absolute deviation of an output from its golden file.</param>
/// <param name="Outliers">Share of an output's values that may deviate more, from 0 to 1; 0 where the card has none.</param>
/// <param name="Carry">Input name to the output of one frame that is fed back into it for the next.</param>
/// <param name="Samples">All golden samples, in the card's order.</param>
sealed record ModelCard(double Tolerance, double Outliers, IReadOnlyDictionary<string, string> Carry, IReadOnlyList<CardSample> Samples)
{
    /// <summary>Reads a card; whatever is wrong with it is an <see cref="InferException"/> that names <paramref name="path"/> and the key.</summary>
    public static ModelCard Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(Files.ReadAll(path));
            var card = document.RootElement;
            if (card.ValueKind != JsonValueKind.Object)
                throw Bad(path, "it is not an object");
            var tolerance = Value(card, "tolerance", JsonValueKind.Number, path).GetDouble();
            var outliers = card.TryGetProperty("outliers", out _) ? Value(card, "outliers", JsonValueKind.Number, path).GetDouble() : 0;
            var carry = Value(card, "carry", JsonValueKind.Object, path).EnumerateObject().ToDictionary(pair => pair.Name, pair => Text(pair.Value, $"carry.{pair.Name}", path));
            CardSample[] samples = [.. Value(card, "samples", JsonValueKind.Array, path).EnumerateArray().Select(sample => Sample(sample, path))];
            if (!(tolerance >= 0 && double.IsFinite(tolerance)))
                throw Bad(path, $"its `tolerance` {tolerance} is below 0 or no number");
            if (!(outliers is >= 0 and < 1))
                throw Bad(path, $"its `outliers` {outliers} are no share from 0 to below 1");
            return samples.Length > 0 ? new(tolerance, outliers, carry, samples) : throw Bad(path, "its `samples` are empty, so there is nothing to verify");
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            throw Bad(path, $"it is not JSON with unique keys: {problem.Message.Split('\n')[0].TrimEnd('.')}");
        }
    }

    static CardSample Sample(JsonElement sample, string path)
    {
        if (sample.ValueKind != JsonValueKind.Object)
            throw Bad(path, "one of its `samples` is not an object");
        var name = Text(Value(sample, "name", JsonValueKind.String, path), "name", path);
        // The name becomes part of a path, and a card must not lead out of its folder.
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0'))
            throw Bad(path, $"the sample name `{name}` is not the name of a folder");
        return Value(sample, "frames", JsonValueKind.Number, path).TryGetInt64(out var frames) && frames > 0
            ? new(name, frames)
            : throw Bad(path, $"`frames` of the sample `{name}` is not a whole number above 0");
    }

    static JsonElement Value(JsonElement owner, string key, JsonValueKind kind, string path)
    {
        if (!owner.TryGetProperty(key, out var value))
            throw Bad(path, $"it lacks `{key}`");
        return value.ValueKind == kind ? value : throw Bad(path, $"its `{key}` is a {value.ValueKind}, expected a {kind}");
    }

    static string Text(JsonElement value, string key, string path) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(path, $"its `{key}` is a {value.ValueKind}, expected a {nameof(JsonValueKind.String)}");

    static InferException Bad(string path, string reason) => new($"`{path}` is not a usable model card: {reason}");
}
