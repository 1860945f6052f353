// Whether the outputs that no metric looks at are still what they were. Unaware of metrics and labels.

using System.Globalization;
using System.Text.Json.Serialization;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>An output beside the one that is judged.</summary>
/// <param name="Output">Its name.</param>
/// <param name="Cosine">The mean over all frames of the cosine between its values and the float network's: 1 where they point alike; two frames of zeros alone do.</param>
/// <param name="Least">The least that is allowed.</param>
public sealed record OutputAgreement(string Output, double Cosine, double Least)
{
    /// <summary>Within the limit; what is not a number never is.</summary>
    [JsonIgnore]
    public bool Holds => Cosine >= Least;

    /// <summary>Both in words.</summary>
    [JsonIgnore]
    public string Text => string.Create(CultureInfo.InvariantCulture, $"the output `{Output}` agrees with that of the float network by a cosine of {Cosine:0.####}, allowed is at least {Least:0.####}");

    /// <summary>What the metric <c>cosine</c> says of an output of two networks.</summary>
    internal static OutputAgreement Of(string output, double least, IReadOnlyList<ScoredSequence> units) => new(output, Metric.Named("cosine").Of(units), least);
}
