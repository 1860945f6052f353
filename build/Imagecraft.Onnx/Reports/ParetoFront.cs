// Which settings of a network are worth a look. Unaware of how they were found.

using System.Collections.Immutable;

namespace Imagecraft.Onnx.Reports;

/// <summary>The settings than which no other is at least as small, as fast and as accurate, and in one of these better.</summary>
public static class ParetoFront
{
    /// <summary>Their places among the settings. Speed is by instructions where all are counted, else by the least time; what is not known of one is not compared.</summary>
    public static ImmutableSortedSet<int> Of(ImmutableArray<VariantFigures> settings)
    {
        var costs = settings.Select(Costs(settings)).ToArray();
        return [.. Enumerable.Range(0, costs.Length).Where(i => !costs.Where((other, j) => j != i && IsBetter(other, costs[i])).Any())];
    }

    static Func<VariantFigures, double?[]> Costs(ImmutableArray<VariantFigures> settings)
    {
        var areCounted = settings.All(setting => setting.Instructions is not null);
        return setting => [setting.Bytes, areCounted ? setting.Instructions : setting.Latency?.Least, setting.Loss is double.NaN ? double.PositiveInfinity : setting.Loss];
    }

    static bool IsBetter(double?[] left, double?[] right)
    {
        var isBetter = false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] > right[i])
                return false;
            isBetter |= left[i] < right[i];
        }
        return isBetter;
    }
}
