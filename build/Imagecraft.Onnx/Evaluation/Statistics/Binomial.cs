// The binomial distribution and what a count tells of a share, exactly. Unaware of networks.
// Source of the interval: C. Clopper, E. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934.

namespace Imagecraft.Onnx.Evaluation.Statistics;

/// <summary>Of <c>n</c> trials that succeed with probability <c>p</c>.</summary>
public static class Binomial
{
    /// <summary>Probability of at least <paramref name="count"/> successes.</summary>
    public static double AtLeast(int count, int trials, double probability)
    {
        if (count <= 0)
            return 1;
        if (probability <= 0 || count > trials)
            return 0;
        if (probability >= 1)
            return 1;
        // Weights relative to the most likely count, whose own neighbours are ratios away: no logarithm, and nothing that underflows matters.
        var odds = probability / (1 - probability);
        var peak = Math.Min((int)((trials + 1) * probability), trials);
        var (above, all, weight) = (peak >= count ? 1.0 : 0, 1.0, 1.0);
        for (var k = peak + 1; k <= trials && weight > 0; k++)
        {
            weight *= odds * (trials - k + 1) / k;
            all += weight;
            above += k >= count ? weight : 0;
        }
        weight = 1;
        for (var k = peak - 1; k >= 0 && weight > 0; k--)
        {
            weight *= (k + 1) / (odds * (trials - k));
            all += weight;
            above += k >= count ? weight : 0;
        }
        return above / all;
    }

    /// <summary>The Clopper-Pearson interval of the share of which <paramref name="count"/> of <paramref name="trials"/> were seen; it covers at least what it says.</summary>
    public static Interval Share(int count, int trials, double confidence)
    {
        var tail = (1 - confidence) / 2;
        return new(
            count == 0 ? 0 : Quantiles.Solve(p => AtLeast(count, trials, p), tail, 0, 1),
            count == trials ? 1 : Quantiles.Solve(p => AtLeast(count + 1, trials, p), 1 - tail, 0, 1));
    }
}
