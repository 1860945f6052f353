// Reads what the runtime needs of a deployed model's card.json. Unaware of folders and of networks.

using System.Text.Json;
using Imagecraft.Infer.Data;

namespace Imagecraft.Infer.Deployed;

/// <summary>A golden sample as the card lists it.</summary>
/// <param name="Name">Its folder below <c>golden</c>.</param>
/// <param name="Frames">How many values of the stepped input it has.</param>
sealed record CardSample(string Name, long Frames);

/// <summary>The part of a card that says how golden outputs are reproduced.</summary>
/// <param name="Name">The model; empty where the card has none.</param>
/// <param name="IsQuantized">Whether it computes on small numbers.</param>
/// <param name="Tolerances">How far each output may lie from its golden files, by name; under the empty name that of all others.</param>
/// <param name="Decision">What is decided by an output; null when nothing is known of that.</param>
/// <param name="Carry">Input name to the output of one frame that is fed back into it for the next.</param>
/// <param name="Samples">All golden samples, in the card's order.</param>
sealed record ModelCard(string Name, bool IsQuantized, IReadOnlyDictionary<string, Allowance> Tolerances, DecisionRule? Decision, IReadOnlyDictionary<string, string> Carry, IReadOnlyList<CardSample> Samples)
{
    const string LoadKey = "optimize_at_load";

    /// <summary>Whether the network is arranged for the processor that loads it.</summary>
    public bool Arranges { get; init; } = true;

    /// <summary>Reads a card; whatever is wrong with it is an <see cref="InferException"/> that names <paramref name="path"/> and the key.</summary>
    public static ModelCard Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(Files.ReadAll(path));
            var card = document.RootElement;
            if (card.ValueKind != JsonValueKind.Object)
                throw Bad(path, "it is not an object");
            var tolerances = ReadTolerances(card, path);
            var decision = card.TryGetProperty("decision", out var rule) ? DecisionRule.Read(rule, reason => Bad(path, $"its {reason}")) : null;
            var carry = Value(card, "carry", JsonValueKind.Object, path).EnumerateObject().ToDictionary(pair => pair.Name, pair => Text(pair.Value, $"carry.{pair.Name}", path));
            CardSample[] samples = [.. Value(card, "samples", JsonValueKind.Array, path).EnumerateArray().Select(sample => Sample(sample, path))];
            var name = card.TryGetProperty("name", out var given) ? Text(given, "name", path) : "";
            return new(name, card.TryGetProperty("quantization", out _), tolerances, decision, carry, samples) { Arranges = ReadLoad(card, path) };
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            throw Bad(path, $"it is not JSON with unique keys: {problem.Message.Split('\n')[0].TrimEnd('.')}");
        }
    }

    /// <summary>How far an output may lie from its golden files, or an error that names what the card lacks.</summary>
    public Allowance ToleranceOf(string output) => Tolerances.TryGetValue(output, out var own) || Tolerances.TryGetValue("", out own)
        ? own
        : throw new InferException($"The card has no `tolerance` for the output `{output}`, it has [{string.Join(", ", Tolerances.Keys)}]");

    /// <summary>What <see cref="Arranges"/> is by the card beside a network; true where there is none that can be read.</summary>
    public static bool ArrangesBy(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(Files.ReadAll(path));
            return document.RootElement.ValueKind != JsonValueKind.Object || ReadLoad(document.RootElement, path);
        }
        catch (Exception problem) when (problem is JsonException or InferException)
        {
            return true;
        }
    }

    static bool ReadLoad(JsonElement card, string path) => !card.TryGetProperty(LoadKey, out var word) || (Text(word, LoadKey, path) switch
    {
        "all" => true,
        "none" => false,
        var other => throw Bad(path, $"its `{LoadKey}` is `{other}`, expected all or none"),
    });

    /// <summary>A number for all outputs, or an object with one rule for each.</summary>
    static Dictionary<string, Allowance> ReadTolerances(JsonElement card, string path)
    {
        if (!card.TryGetProperty("tolerance", out var value))
            throw Bad(path, "it lacks `tolerance`");
        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().ToDictionary(pair => pair.Name, pair => Allowance.Read(pair.Value, $"tolerance.{pair.Name}", reason => Bad(path, $"its {reason}")))
            : new() { [""] = Allowance.Read(value, "tolerance", reason => Bad(path, $"its {reason}")) };
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
