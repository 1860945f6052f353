// Results of checks as lines for people. Pure; unaware of where they are shown.

using System.Globalization;
using Imagecraft.Cli.Rendering;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Checking;

/// <summary>Words for results.</summary>
public static class CheckText
{
    /// <summary>The lines that tell of one check: one when it passed; problems and the last lines of its output when not.</summary>
    public static IEnumerable<string> Lines(CheckResult result)
    {
        var word = result.Outcome switch
        {
            CheckOutcome.Passed => "passed",
            CheckOutcome.Failed => "FAILED",
            CheckOutcome.LeftOut => "left out",
            CheckOutcome.KnownFailure => "known failure",
            CheckOutcome.UnexpectedPass => "PASSED, but",
            _ => "BROKEN",
        };
        yield return $"{word}  {result.Check.Owner}: {result.Check.Name}  {Quantities.Duration(result.Duration)}";
        if (result.Outcome == CheckOutcome.Passed)
            yield break;
        if (result.Outcome is CheckOutcome.Failed or CheckOutcome.Broken)
            foreach (var line in result.Check.Run.Split('\n'))
                yield return $"  $ {line}";
        foreach (var problem in result.Problems.SelectMany(p => p.Split('\n')))
            yield return $"  {problem}";
        foreach (var line in (result.Outcome == CheckOutcome.UnexpectedPass ? "" : result.Output).TrimEnd('\n').Split('\n').TakeLast(20).Where(l => l.Length > 0))
            yield return $"  | {line}";
    }

    /// <summary><c>21 checks passed, 0 failed, 1 left out; login after 2.4 s, 431.0 MiB free</c>.</summary>
    public static string Summary(CheckReport report)
    {
        var boot = report.Figures is not { } figures ? "no login"
            : figures.BootTime is { } time ? $"login after {Quantities.Duration(time)}{Memory(figures.FreeMemory)}" : $"logged in{Memory(figures.FreeMemory)}";
        return $"{Count(CheckOutcome.Passed)} checks passed, {Count(CheckOutcome.Failed) + Count(CheckOutcome.Broken)} failed{Some(CheckOutcome.LeftOut, "left out")}{Some(CheckOutcome.KnownFailure, "known to fail")}{Some(CheckOutcome.UnexpectedPass, "passed though known to fail")}; {boot}";

        int Count(CheckOutcome outcome) => report.Results.Count(r => r.Outcome == outcome);
        string Some(CheckOutcome outcome, string words) => Count(outcome) is > 0 and var count ? $", {count} {words}" : "";
    }

    /// <summary><c>100 of 100 boots passed; login after 1.0 to 2.4 s, median 1.2 s</c>.</summary>
    public static string Summary(IReadOnlyCollection<CheckReport> boots)
    {
        var times = boots.Select(b => b.Figures?.BootTime).OfType<TimeSpan>().Order().ToList();
        var login = times.Count == 0 ? "no login" : $"login after {Quantities.Duration(times[0])} to {Quantities.Duration(times[^1])}, median {Quantities.Duration(times[times.Count / 2])}";
        return $"{boots.Count(b => b.Passed)} of {boots.Count} boots passed; {login}";
    }

    private static string Memory(long? bytes) => bytes is { } known ? string.Create(CultureInfo.InvariantCulture, $", {known / 1048576.0:0.0} MiB free") : "";
}
