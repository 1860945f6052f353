// What users of a network decide by its outputs. Unaware of values.

using System.Text.Json;

namespace Imagecraft.Infer.Deployed;

/// <summary>How an output becomes decisions.</summary>
enum DecisionKind
{
    /// <summary>The place of the largest value of a frame.</summary>
    ArgMax,

    /// <summary>The place of the largest value of each row, along the last dimension.</summary>
    RowArgMax,

    /// <summary>The class of the largest value at each place of a map, [classes, height, width], also behind the batch.</summary>
    MapArgMax,

    /// <summary>The side of a threshold on which each value lies.</summary>
    Side,

    /// <summary>The values above a threshold, which must overlap: intersection over union.</summary>
    Overlap,

    /// <summary>The direction of a frame as a vector: the least cosine of the angle.</summary>
    Direction,
}

/// <summary>The recipe's own metric, between the outputs of this machine and the golden ones.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Output">The output that it looks at.</param>
/// <param name="Kind">What it decides.</param>
/// <param name="Threshold">Of <see cref="DecisionKind.Side"/> and <see cref="DecisionKind.Overlap"/>.</param>
/// <param name="Least">Least share of decisions that must be the same, overlap or cosine.</param>
sealed record DecisionRule(string Metric, string Output, DecisionKind Kind, double Threshold, double Least)
{
    static readonly (string Word, DecisionKind Kind)[] Kinds =
        [("arg-max", DecisionKind.ArgMax), ("row-arg-max", DecisionKind.RowArgMax), ("map-arg-max", DecisionKind.MapArgMax), ("side", DecisionKind.Side), ("overlap", DecisionKind.Overlap), ("direction", DecisionKind.Direction)];

    /// <summary>Reads the card's <c>decision</c>; what is wrong is given to <paramref name="bad"/> as words behind "its".</summary>
    public static DecisionRule Read(JsonElement rule, Func<string, InferException> bad)
    {
        if (rule.ValueKind != JsonValueKind.Object)
            throw bad($"`decision` is a {rule.ValueKind}, expected an {nameof(JsonValueKind.Object)}");
        var word = Text("kind");
        var found = Array.FindIndex(Kinds, kind => kind.Word == word);
        return found >= 0
            ? new(Text("metric"), Text("output"), Kinds[found].Kind, Number("threshold"), Number("least"))
            : throw bad($"`decision.kind` is `{word}`, there are [{string.Join(", ", Kinds.Select(kind => kind.Word))}]");

        string Text(string key) => rule.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw bad($"`decision` lacks the text `{key}`");
        double Number(string key) => rule.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw bad($"`decision` lacks the number `{key}`");
    }
}
