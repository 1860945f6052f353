// A range that a figure lies in with some confidence. Unaware of how it was found.

using System.Globalization;

namespace Imagecraft.Onnx.Evaluation.Statistics;

/// <summary>Both ends belong to it; an end that nothing is known of is infinite.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>What too little data tells.</summary>
    public static Interval Unknown { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Without the noise of the last digits, which no limit is meant to be held by.</summary>
    public Interval Rounded() => new(Math.Round(Low, 9), Math.Round(High, 9));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low:0.#####} to {High:0.#####}");
}
