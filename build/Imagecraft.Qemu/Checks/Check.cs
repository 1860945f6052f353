// What is checked on a booted machine, and what came of it. Unaware of consoles and of printing.

using System.Collections.Immutable;

namespace Imagecraft.Qemu.Checks;

/// <summary>A command that must give the expected result.</summary>
public sealed record Check
{
    /// <summary>Who asks: a recipe, an image, a model, <c>kernel</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>Unique within its owner.</summary>
    public required string Name { get; init; }

    /// <summary>Shell command.</summary>
    public required string Run { get; init; }

    /// <summary>Expected exit code.</summary>
    public int Exit { get; init; }

    /// <summary>The output must contain each of these.</summary>
    public ImmutableArray<string> Contains { get; init; } = [];

    /// <summary>The output must match each of these regular expressions (.NET, multi-line).</summary>
    public ImmutableArray<string> Matches { get; init; } = [];

    /// <summary>The output must match none of these.</summary>
    public ImmutableArray<string> MatchesNot { get; init; } = [];

    /// <summary>After this time it has failed.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How a check ended.</summary>
public enum CheckOutcome
{
    /// <summary>All as expected.</summary>
    Passed,

    /// <summary>The machine answered otherwise.</summary>
    Failed,

    /// <summary>The machine died, now or before.</summary>
    Broken,
}

/// <summary>A check's result.</summary>
/// <param name="Check">What was asked.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Problems">What differs, one sentence each; empty when passed.</param>
/// <param name="Output">What the command printed.</param>
/// <param name="Duration">Time on the machine.</param>
public sealed record CheckResult(Check Check, CheckOutcome Outcome, ImmutableArray<string> Problems, string Output, TimeSpan Duration);

/// <summary>All results of a boot.</summary>
/// <param name="Name">What was booted, e.g. <c>qemu-arm64/edge-ml</c>.</param>
/// <param name="Results">In the order they ran.</param>
/// <param name="BootTime">Time to the login prompt; null when it never came.</param>
public sealed record CheckReport(string Name, ImmutableArray<CheckResult> Results, TimeSpan? BootTime)
{
    /// <summary>Every check passed, and there was one.</summary>
    public bool Passed => Results.Length > 0 && Results.All(result => result.Outcome == CheckOutcome.Passed);
}
