// How far a measured percentile may be trusted after few queries. Unaware of what was measured.

namespace Imagecraft.Infer.Bench;

/// <summary>LoadGen's early stopping estimate. Source: MLCommons, "MLPerf Inference Rules", appendix on early stopping.</summary>
static class EarlyStopping
{
    const double Doubt = 0.01;

    /// <summary>
    /// The 0-based rank of the latency below which, with 99 % confidence, at least <paramref name="percent"/> % of all queries stay; null when there are too few queries.
    /// With t the largest number for which t or fewer of n queries are slower than the true percentile with a chance of at most 1 % (binomial distribution), it is the t-th largest.
    /// </summary>
    public static long? Rank(long queries, double percent)
    {
        var slow = 1 - (percent / 100);
        var (logTerm, chance) = (queries * Math.Log(1 - slow), 0.0);
        for (long t = 0; t < queries; t++)
        {
            chance += Math.Exp(logTerm);
            if (chance > Doubt)
                return t > 1 ? queries - (t - 1) : null;
            logTerm += Math.Log((double)(queries - t) / (t + 1)) + Math.Log(slow / (1 - slow));
        }
        return null;
    }
}
