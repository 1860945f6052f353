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

    /// <summary>The whole output, apart from line breaks at its end; null: anything.</summary>
    public string? Output { get; init; }

    /// <summary>Host path of a file with the whole output, which accepting writes; null: none.</summary>
    public string? Golden { get; init; }

    /// <summary>The output must contain each of these.</summary>
    public ImmutableArray<string> Contains { get; init; } = [];

    /// <summary>The output must match each of these regular expressions (.NET, multi-line).</summary>
    public ImmutableArray<string> Matches { get; init; } = [];

    /// <summary>The output must match none of these.</summary>
    public ImmutableArray<string> MatchesNot { get; init; } = [];

    /// <summary>After this time it has failed.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What must hold before it is run: other checks as <c>OWNER/NAME</c>, and absolute paths or globs that must exist on the board.</summary>
    public ImmutableArray<string> Needs { get; init; } = [];

    /// <summary>What the command does to the machine, without which the check fails; null: nothing.</summary>
    public ExpectedEnd? Expects { get; init; }

    /// <summary>The kernel must say something that matches each of these (.NET) while the check runs, and what matches is no fault.</summary>
    public ImmutableArray<string> KernelMessages { get; init; } = [];

    /// <summary>By which checks are chosen.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Why it fails as everybody knows; null: it does not.</summary>
    public string? KnownFailure { get; init; }

    /// <summary>Accelerators that its machine must have, where it has them only when somebody asks.</summary>
    public ImmutableArray<string> Accelerators { get; init; } = [];

    /// <summary>What goes wrong with them, as their servers name it.</summary>
    public ImmutableArray<string> Faults { get; init; } = [];

    /// <summary>Whether their drivers make no device nodes because of <see cref="Faults"/>.</summary>
    public bool FaultsPreventStart { get; init; }

    /// <summary>It is run on a machine that was booted, rebooted in order and booted again.</summary>
    public bool AfterReboot { get; init; }

    /// <summary>Owner and name: <c>busybox/applets</c>.</summary>
    public string FullName => $"{Owner}/{Name}";
}

/// <summary>What a check does to its machine.</summary>
public enum ExpectedEnd
{
    /// <summary>The machine reboots.</summary>
    Reboot,

    /// <summary>The kernel panics.</summary>
    Panic,
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

    /// <summary>It was not run, because something that it needs does not hold.</summary>
    LeftOut,

    /// <summary>It failed or broke, as is known.</summary>
    KnownFailure,

    /// <summary>It passed, though it is known to fail.</summary>
    UnexpectedPass,
}

/// <summary>A check's result.</summary>
/// <param name="Check">What was asked.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Problems">What differs, one sentence each; empty when passed.</param>
/// <param name="Output">What the command printed.</param>
/// <param name="Duration">Time on the machine.</param>
public sealed record CheckResult(Check Check, CheckOutcome Outcome, ImmutableArray<string> Problems, string Output, TimeSpan Duration);

/// <summary>What a boot is measured by.</summary>
/// <param name="BootTime">Time from power-on to the login prompt; null when the machine was on already.</param>
/// <param name="FreeMemory">Bytes that the kernel calls available after the boot; null when it does not say.</param>
public sealed record BootFigures(TimeSpan? BootTime, long? FreeMemory);

/// <summary>All results of a boot.</summary>
/// <param name="Name">What was booted, e.g. <c>qemu-arm64/edge-ml</c>.</param>
/// <param name="Results">In the order of the checks.</param>
/// <param name="Figures">What was measured; null when no login prompt came.</param>
public sealed record CheckReport(string Name, ImmutableArray<CheckResult> Results, BootFigures? Figures)
{
    /// <summary>Nothing failed or broke that is not known to, and something passed.</summary>
    public bool Passed => Results.Any(result => result.Outcome == CheckOutcome.Passed) && Results.All(result => result.Outcome is not (CheckOutcome.Failed or CheckOutcome.Broken));
}
