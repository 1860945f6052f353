// Collects results from several threads in the order of the checks. Unaware of how they come about.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Checks;

/// <summary>One result a check.</summary>
internal sealed class CheckResults(ImmutableArray<Check> checks, Action<CheckResult>? progress)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, CheckResult> byName = [];

    /// <summary>All results so far, in the order of the checks.</summary>
    public ImmutableArray<CheckResult> All
    {
        get
        {
            lock (gate)
                return [.. checks.Where(check => byName.ContainsKey(check.FullName)).Select(check => byName[check.FullName])];
        }
    }

    /// <summary>A machine died.</summary>
    public bool IsBroken => All.Any(result => result.Outcome == CheckOutcome.Broken);

    public void Add(CheckResult given)
    {
        CheckResult result = AsKnown(given);
        lock (gate)
        {
            byName[result.Check.FullName] = result;
            progress?.Invoke(result);
        }
    }

    public bool Has(Check check)
    {
        lock (gate)
            return byName.ContainsKey(check.FullName);
    }

    /// <summary>The check of this name has a result, and not that it passed.</summary>
    public bool DoesNotHold(string fullName)
    {
        lock (gate)
            return byName.TryGetValue(fullName, out CheckResult? result) && result.Outcome is not (CheckOutcome.Passed or CheckOutcome.UnexpectedPass);
    }

    // One place for all ways in which results come about.
    private static CheckResult AsKnown(CheckResult result) => (result.Check.KnownFailure, result.Outcome) switch
    {
        ({ } reason, CheckOutcome.Failed or CheckOutcome.Broken) => result with { Outcome = CheckOutcome.KnownFailure, Problems = [$"It is known to fail: {reason}", .. result.Problems] },
        ({ } reason, CheckOutcome.Passed) => result with { Outcome = CheckOutcome.UnexpectedPass, Problems = [$"It is known to fail ({reason}), and passed; remove its `known-failure`"] },
        _ => result,
    };

    /// <summary>All checks without a result are broken for this reason.</summary>
    public void BreakTheRest(string reason)
    {
        foreach (Check check in checks.Where(check => !Has(check)))
            Add(new(check, CheckOutcome.Broken, [reason], "", TimeSpan.Zero));
    }
}
