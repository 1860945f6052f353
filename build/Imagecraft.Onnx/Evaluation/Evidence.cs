// What a test set tells of a candidate beside its figure: how far chance may have moved it. Unaware of limits and networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>Intervals of a candidate on a test set.</summary>
/// <param name="Units">What chance drew: frames that stand for themselves, or sequences.</param>
/// <param name="UnitName">What those are, for people.</param>
/// <param name="Confidence">Of both intervals, between 0 and 1.</param>
/// <param name="Value">Where the candidate's figure lies.</param>
/// <param name="Drop">Where the drop against the float network lies, found from pairs on the same units.</param>
/// <param name="Counts">Where each unit is right or wrong: on how many they disagree; otherwise null.</param>
public sealed record Evidence(int Units, string UnitName, double Confidence, Interval Value, Interval Drop, PairedCounts? Counts)
{
    /// <summary>Weighs a candidate against the float network.</summary>
    /// <param name="metric">The figure.</param>
    /// <param name="floats">The float network's outputs, by unit.</param>
    /// <param name="candidates">The candidate's on the same units.</param>
    /// <param name="unitName">What units are.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    /// <param name="cancellationToken">Stops between draws.</param>
    public static Evidence Of(Metric metric, IReadOnlyList<ScoredSequence> floats, IReadOnlyList<ScoredSequence> candidates, string unitName, double confidence, CancellationToken cancellationToken)
    {
        if (metric.Hits is { } hits && candidates.All(unit => unit.Count == 1))
            return Classified([.. floats.SelectMany(hits)], [.. candidates.SelectMany(hits)], unitName, confidence);
        var (first, second, sign) = (metric.Open(floats), metric.Open(candidates), metric.SmallerIsBetter ? -1 : 1);
        var intervals = Bootstrap.Intervals(candidates.Count, confidence, [second, weights => sign * (first(weights) - second(weights))], cancellationToken);
        return new(candidates.Count, unitName, confidence, intervals[0].Rounded(), intervals[1].Rounded(), null);
    }

    static Evidence Classified(ImmutableArray<bool> floats, ImmutableArray<bool> candidates, string unitName, double confidence)
    {
        var pairs = floats.Zip(candidates).ToArray();
        var counts = new PairedCounts(pairs.Count(pair => pair is (true, false)), pairs.Count(pair => pair is (false, true)), pairs.Length);
        return new(pairs.Length, unitName, confidence, Binomial.Share(candidates.Count(hit => hit), pairs.Length, confidence).Rounded(), counts.DifferenceInterval(confidence).Rounded(), counts);
    }

    /// <summary>About how many units would tell that the drop is within a limit, were it as seen; null when it would not be, or nothing is known.</summary>
    public long? UnitsForDrop(double drop, double limit)
    {
        if (!(drop < limit))
            return null;
        if (Counts is not { } counts)
            return double.IsInfinity(Drop.High) ? null : Rough(Square((Drop.High - drop) / (limit - drop)));
        return Rough(Quantiles.Solve(times => -new PairedCounts(counts.OnlyFirst * times, counts.OnlySecond * times, counts.Samples * times).DifferenceInterval(Confidence).High, -limit, 0.01, 1e6));
    }

    /// <summary>The same for a limit of the figure itself.</summary>
    public long? UnitsForValue(double value, double limit, bool smallerIsBetter)
    {
        var (room, width) = smallerIsBetter ? (limit - value, Value.High - value) : (value - limit, value - Value.Low);
        return room > 0 && !double.IsInfinity(width) ? Rough(Square(width / room)) : null;
    }

    /// <summary>In words, behind the figures.</summary>
    public string Text
    {
        get
        {
            var percent = FormattableString.Invariant($"{Confidence * 100:0.##} %");
            var test = Counts is { } counts ? FormattableString.Invariant($"; they disagree on {counts.OnlyFirst + counts.OnlySecond:0}, McNemar's exact p is {counts.ExactProbability:0.###}") : "";
            return double.IsInfinity(Drop.High)
                ? $"{Units} {UnitName} tell nothing of chance"
                : $"{percent} sure: {Value}, a drop of {Drop}, by {Units} {UnitName}{test}";
        }
    }

    static double Square(double value) => value * value;

    /// <summary>Rounded up to two digits: more would be no truer.</summary>
    long Rough(double times)
    {
        var units = Math.Max(times, 1) * Units;
        var step = 1L;
        while (units / step >= 100 && step < 1L << 50)
            step *= 10;
        return (long)Math.Ceiling(Math.Round(units / step, 6)) * step;
    }
}
