// Lines with which the Linux kernel tells of a fault. Unaware of checks and consoles.

using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Checks;

/// <summary>Finds them in the kernel's log.</summary>
/// <remarks>
/// Source: the messages of <c>kernel/panic.c</c>, <c>lib/bug.c</c>, <c>kernel/locking/lockdep.c</c>, <c>kernel/rcu/tree_stall.h</c>,
/// <c>kernel/watchdog.c</c>, <c>kernel/hung_task.c</c>, <c>mm/kasan/report.c</c> and <c>lib/ubsan.c</c>.
/// </remarks>
public static partial class KernelFaults
{
    /// <summary>A regular expression (multi-line) that matches such a line. A program's end by an illegal instruction, which arm64 calls an Oops too, is none.</summary>
    public const string Pattern =
        @"(?<!unhandled exception: .*)\bOops\b|\bBUG:|\bWARNING:|\b[Cc]all [Tt]race:|kernel BUG at|Unable to handle kernel|Internal error: |general protection fault"
        + @"|possible (circular|recursive) locking|inconsistent lock state|suspicious RCU usage|possible irq lock inversion|INFO: possible |DEBUG_LOCKS_WARN_ON"
        + @"|(rcu|RCU): INFO: .* stall|soft lockup|hard LOCKUP|blocked for more than \d+ seconds|KASAN:|UBSAN:"
        // Before its trace, of which nobody could tell what it is about. Source: mm/oom_kill.c.
        + @"|Out of memory: Killed process|Memory cgroup out of memory: Killed process|invoked oom-killer:";

    /// <summary>The lines of <paramref name="log"/> that tell of a fault, without time stamps. Of memory that ran out, only who was killed.</summary>
    public static IEnumerable<string> In(string log)
    {
        bool ranOut = false;
        foreach (string line in log.Split('\n').Where(line => Fault().IsMatch(line)).Select(line => TimeStamp().Replace(line.TrimEnd(), "")))
        {
            bool begins = line.Contains("invoked oom-killer:", StringComparison.Ordinal);
            // Its own trace follows the first line.
            bool isItsTrace = ranOut && IsTrace(line);
            ranOut = begins || isItsTrace;
            if (!begins && !isItsTrace)
                yield return line;
        }
    }

    /// <summary>Whether a line only begins a trace, of what a line before it tells.</summary>
    public static bool IsTrace(string line) => Trace().IsMatch(line);

    [GeneratedRegex(@"\b[Cc]all [Tt]race:")]
    private static partial Regex Trace();

    [GeneratedRegex(Pattern)]
    private static partial Regex Fault();

    [GeneratedRegex(@"^\[ *\d+\.\d+\](\[ *[TC]\d+\])? ?")]
    private static partial Regex TimeStamp();
}
