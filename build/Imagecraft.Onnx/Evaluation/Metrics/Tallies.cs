// A figure that is computed from sums over units. Unaware of what is counted.

using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class Tallies
{
    /// <summary>Sums what each unit contributes as often as it weighs, and makes the figure of the sums.</summary>
    /// <param name="units">The contributions of each, all of one length.</param>
    /// <param name="figure">From sums to the figure.</param>
    public static WeightedFigure Figure(IEnumerable<double[]> units, Func<double[], double> figure)
    {
        var parts = units.ToArray();
        return weights =>
        {
            var sums = new double[parts[0].Length];
            for (var unit = 0; unit < parts.Length; unit++)
                for (var i = 0; weights[unit] > 0 && i < sums.Length; i++)
                    sums[i] += weights[unit] * parts[unit][i];
            return figure(sums);
        };
    }

    /// <summary>The mean of values.</summary>
    public static WeightedFigure Mean(IEnumerable<IEnumerable<double>> units) => Figure(units.Select(values => values.Aggregate(new double[2], (sums, value) => [sums[0] + value, sums[1] + 1])), sums => sums[0] / sums[1]);
}
