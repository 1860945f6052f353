// Two classifiers on the same samples. Unaware of networks and metrics.
// Sources: Q. McNemar, 1947; T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design", 1998.

namespace Imagecraft.Onnx.Evaluation.Statistics;

/// <summary>On how many samples they disagree; fractions are allowed, to ask what a larger set of the same kind would tell.</summary>
/// <param name="OnlyFirst">Samples that only the first gets right.</param>
/// <param name="OnlySecond">Samples that only the second gets right.</param>
/// <param name="Samples">All samples.</param>
public sealed record PairedCounts(double OnlyFirst, double OnlySecond, double Samples)
{
    /// <summary>By how much the first one's share of right samples is larger.</summary>
    public double Difference => (OnlyFirst - OnlySecond) / Samples;

    /// <summary>
    /// McNemar's exact test: the probability that of the samples on which they disagree at least so large a majority falls to one of them, were both equally good; two-sided.
    /// </summary>
    public double ExactProbability =>
        Math.Min(1, 2 * Binomial.AtLeast((int)Math.Max(OnlyFirst, OnlySecond), (int)(OnlyFirst + OnlySecond), 0.5));

    /// <summary>Tango's score interval of <see cref="Difference"/>: the differences that the score test does not reject. It has a width even where no sample differs.</summary>
    public Interval DifferenceInterval(double confidence)
    {
        var z = Quantiles.Normal(1 - ((1 - confidence) / 2));
        // The score falls as the supposed difference rises.
        return new(
            Quantiles.Solve(difference => -Score(difference), -z, -1, Difference),
            Quantiles.Solve(difference => -Score(difference), z, Difference, 1));
    }

    /// <summary>How many standard errors the seen difference lies above a supposed one.</summary>
    double Score(double supposed)
    {
        // The likeliest share of samples that only the second gets right, under the supposed difference: the root of 2 n q^2 + b q + c.
        var linear = -OnlyFirst - OnlySecond + (((2 * Samples) - OnlyFirst + OnlySecond) * supposed);
        var constant = -OnlySecond * supposed * (1 - supposed);
        var share = (Math.Sqrt(Math.Max(0, (linear * linear) - (8 * Samples * constant))) - linear) / (4 * Samples);
        var variance = Samples * ((2 * share) + (supposed * (1 - supposed)));
        var distance = OnlyFirst - OnlySecond - (Samples * supposed);
        return variance > 0 ? distance / Math.Sqrt(variance) : Math.Sign(distance) * double.MaxValue;
    }
}
