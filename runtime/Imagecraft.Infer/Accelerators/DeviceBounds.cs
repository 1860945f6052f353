// What a network may cost on an accelerator. Unaware of networks.

using System.Globalization;

namespace Imagecraft.Infer.Accelerators;

/// <summary>Limits; what is null is not limited.</summary>
/// <param name="Share">Least share of the multiply-accumulates on the accelerator, from 0 to 1.</param>
/// <param name="Regions">Most parts on it.</param>
/// <param name="Crossings">Most values that one side makes and the other reads.</param>
/// <param name="Cycles">Most cycles of its nominal clock for an inference.</param>
sealed record DeviceBounds(double? Share, int? Regions, int? Crossings, long? Cycles)
{
    /// <summary>Whether anything is limited.</summary>
    public bool IsEmpty => this is { Share: null, Regions: null, Crossings: null, Cycles: null };

    /// <summary>A sentence for each limit that a session does not keep.</summary>
    public IEnumerable<string> Problems(Placement placement)
    {
        if (placement.Share < Share)
            yield return Invariant($"{placement.Share:P2} of the multiply-accumulates are on the accelerator, at least {Share:P2} must be");
        if (placement.Regions > Regions)
            yield return Invariant($"the network has {placement.Regions} parts on the accelerator, {Regions} are allowed");
        if (placement.Crossings > Crossings)
            yield return Invariant($"{placement.Crossings} values change sides, {Crossings} may");
        if (placement.CyclesPerInference > Cycles)
            yield return Invariant($"an inference takes {placement.CyclesPerInference} cycles of the accelerator, {Cycles} are allowed");
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
