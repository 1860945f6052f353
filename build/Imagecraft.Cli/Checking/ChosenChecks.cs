// Which checks a call asks for, and what it asks for in vain. Unaware of machines.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Checking;

/// <summary>The checks of one boot.</summary>
/// <param name="Boot">Standard checks, which come first.</param>
/// <param name="Others">All others, and what is checked after a reboot.</param>
public sealed record ChosenChecks(ImmutableArray<Check> Boot, ImmutableArray<Check> Others)
{
    /// <summary>Chooses. A machine boots for any check, so the checks of the boot are left away only when others are named.</summary>
    /// <param name="expectations">What every boot must show.</param>
    /// <param name="declared">The declared checks.</param>
    /// <param name="demand">What is asked for.</param>
    /// <param name="now">The host's time, against which the board's clock is compared.</param>
    /// <exception cref="ProblemException">No check matches the filter, or has the tags.</exception>
    public static ChosenChecks Of(BootExpectations expectations, ImmutableArray<Check> declared, CheckDemand demand, DateTimeOffset now)
    {
        var standard = StandardChecks.Of(expectations, now);
        var chosen = CheckSelection.Of([.. standard, .. declared], demand.Filter, demand.Tags, demand.WithoutTags);
        var all = standard.Concat(declared).ToList();
        if (demand.Tags.Concat(demand.WithoutTags).FirstOrDefault(tag => !all.Any(c => c.Tags.Contains(tag))) is { } unknown)
            throw ProblemException.Unknown("tag of a check here", unknown, all.SelectMany(c => c.Tags).Distinct());
        if (chosen.IsEmpty && demand.Filter.Length > 0)
            throw ProblemException.User($"No check matches [{string.Join(", ", demand.Filter)}]{(demand.Tags.IsEmpty && demand.WithoutTags.IsEmpty ? "" : " with the tags that are asked for")}", Nearest.Hint(demand.Filter[0], all.Select(c => c.FullName), "check"));
        if (chosen.IsEmpty && demand.Chooses)
            throw ProblemException.User("No check is left with the tags that are asked for", "`./build.sh check --help` has more options");
        return new([.. chosen.Where(c => standard.Contains(c) && !c.AfterReboot)], [.. chosen.Where(c => !standard.Contains(c) || c.AfterReboot)]);
    }
}
