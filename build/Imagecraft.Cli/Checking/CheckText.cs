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
            _ => "BROKEN",
        };
        yield return $"{word}  {result.Check.Owner}: {result.Check.Name}  {Quantities.Duration(result.Duration)}";
        if (result.Outcome == CheckOutcome.Passed)
            yield break;
        if (result.Outcome != CheckOutcome.LeftOut)
            foreach (var line in result.Check.Run.Split('\n'))
                yield return $"  $ {line}";
        foreach (var problem in result.Problems.SelectMany(p => p.Split('\n')))
            yield return $"  {problem}";
        foreach (var line in result.Output.TrimEnd('\n').Split('\n').TakeLast(20).Where(l => l.Length > 0))
            yield return $"  | {line}";
    }

    /// <summary><c>21 checks passed, 0 failed, 1 left out; login after 2.4 s, 431.0 MiB free</c>.</summary>
    public static string Summary(CheckReport report)
    {
        var passed = report.Results.Count(r => r.Outcome == CheckOutcome.Passed);
        var leftOut = report.Results.Count(r => r.Outcome == CheckOutcome.LeftOut);
        var boot = report.Figures is { } figures ? $"login after {Quantities.Duration(figures.BootTime)}{Memory(figures.FreeMemory)}" : "no login";
        return $"{passed} checks passed, {report.Results.Length - passed - leftOut} failed{(leftOut == 0 ? "" : $", {leftOut} left out")}; {boot}";
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
