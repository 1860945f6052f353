// Draws units again and again to see how far chance moves a figure. Unaware of what units and figures are.
// Sources: B. Efron, "Bootstrap methods: another look at the jackknife", 1979; for the widening T. Hesterberg, "What teachers should know about the bootstrap", 2014, section 3.2.

using Imagecraft.Onnx.Audio;

namespace Imagecraft.Onnx.Evaluation.Statistics;

/// <summary>A figure of units, each of which counts as often as its weight says.</summary>
public delegate double WeightedFigure(ReadOnlySpan<int> weights);

/// <summary>
/// Percentile intervals. Percentiles of few units are too narrow, so that the ends lie further out: at the share of a normal distribution where Student's distribution with
/// one degree of freedom less than units has the wanted tail.
/// </summary>
public static class Bootstrap
{
    /// <summary>How often units are drawn.</summary>
    public const int Draws = 2000;

    /// <summary>Fewer units tell nothing of chance.</summary>
    public const int LeastUnits = 10;

    const long Seed = 20260101;

    /// <summary>Intervals of several figures, all on the same draws.</summary>
    /// <param name="units">How many there are; below <see cref="LeastUnits"/> the intervals are <see cref="Interval.Unknown"/>.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    /// <param name="figures">The figures. A draw on which one has no value (one that is not a number) does not count for it.</param>
    /// <param name="cancellationToken">Stops between draws.</param>
    public static Interval[] Intervals(int units, double confidence, WeightedFigure[] figures, CancellationToken cancellationToken)
    {
        if (units < LeastUnits)
            return [.. figures.Select(_ => Interval.Unknown)];
        var (random, weights, values) = (new NoiseGenerator(Seed), new int[units], figures.Select(_ => new List<double>(Draws)).ToArray());
        for (var draw = 0; draw < Draws; draw++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(weights);
            for (var i = 0; i < units; i++)
                weights[random.Below(units)]++;
            for (var i = 0; i < figures.Length; i++)
                if (figures[i](weights) is var value && !double.IsNaN(value))
                    values[i].Add(value);
        }
        var tail = Tail(units, confidence);
        return [.. values.Select(drawn => Ends(drawn, tail))];
    }

    /// <summary>The share of draws beyond each end.</summary>
    internal static double Tail(int units, double confidence) =>
        Quantiles.NormalShare(Math.Sqrt((double)units / (units - 1)) * Quantiles.Student((1 - confidence) / 2, units - 1));

    static Interval Ends(List<double> drawn, double tail)
    {
        if (drawn.Count < Draws / 2)
            return Interval.Unknown;
        drawn.Sort();
        var beyond = (int)(tail * drawn.Count);
        return new(drawn[beyond], drawn[drawn.Count - 1 - beyond]);
    }
}
