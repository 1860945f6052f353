// Tells a machine that works quietly from one that is dead. Unaware of QEMU.

using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // Break and `h` on a serial console are answered by the kernel's interrupt handler with a line of help, whatever the
    // rest of the system does. Source: Documentation/admin-guide/sysrq.rst of the kernel.
    private const string HelpKey = "h";

    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(3);

    // An answer needs a millisecond of the machine's CPU. On a loaded host only the time counts in which the machine could
    // run, but not without end: even there each thread gets its turn many times a second.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan AnswerLimitUnderLoad = TimeSpan.FromSeconds(6);

    // When something was last read or sent, or the machine was last examined.
    private long lastSign = Stopwatch.GetTimestamp();

    private bool askedForHelp;

    // What the machine had not taken when it was last examined.
    private int unread;

    /// <summary>The kernel answers a break on its serial line, so a dead one is told within ten seconds. Known after login.</summary>
    public bool AnswersBreaks { get; private set; }

    // Once after login, while the shell waits: a line break afterwards, because a kernel without the feature hands the key to the shell.
    private async Task LearnToAskAsync(CancellationToken cancellationToken)
    {
        if (watch is null)
            return;
        AnswersBreaks = await AnswersHelpAsync(text => text.Contains("sysrq:", StringComparison.Ordinal), cancellationToken);
        await SendAsync("\n", cancellationToken);
    }

    private TimeSpan UntilExamination => QuietLimit - Stopwatch.GetElapsedTime(Volatile.Read(ref lastSign));

    private async Task ExamineAsync(string awaited, CancellationToken cancellationToken)
    {
        if (await watch!.TroubleAsync(cancellationToken) is { } trouble && !buffer.IsCompleted)
            throw new MachineHangException(awaited, trouble, LastLines);
        // A break overtakes what still waits in front of the serial port, and the next character would be taken as its key.
        int before = unread;
        unread = watch.Unread;
        if (unread > 0 && unread == before && !buffer.IsCompleted)
            throw Dead(awaited, "it takes nothing from its serial port");
        if (unread == 0 && AnswersBreaks && !await AnswersHelpAsync(text => text.Length > 0, cancellationToken) && !buffer.IsCompleted)
            throw Dead(awaited, "its kernel does not answer a break on its serial line");
        Volatile.Write(ref lastSign, Stopwatch.GetTimestamp());
    }

    private MachineException Dead(string awaited, string reason) => troubles.Oops is { } oops
        ? new KernelOopsException(oops.Line, LastLines)
        : new MachineHangException(awaited, reason, LastLines);

    private async Task<bool> AnswersHelpAsync(Func<string, bool> isAnswer, CancellationToken cancellationToken)
    {
        long from = buffer.End, started = Stopwatch.GetTimestamp();
        TimeSpan starved = watch!.Starved;
        askedForHelp = true;
        await watch.BreakAsync(cancellationToken);
        await SendAsync(HelpKey, cancellationToken);
        while (true)
        {
            Task changed = buffer.Changed;
            if (buffer.IsCompleted || isAnswer(buffer.Slice(from, buffer.End)))
                return !buffer.IsCompleted;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started), waited = watch.Starved - starved;
            TimeSpan left = elapsed < AnswerLimitUnderLoad ? AnswerLimit - (elapsed - waited) : TimeSpan.Zero;
            if (left <= TimeSpan.Zero)
                return false;
            await ChangedWithinAsync(changed, left < AnswerLimitUnderLoad - elapsed ? left : AnswerLimitUnderLoad - elapsed, cancellationToken);
        }
    }

    private string WithoutHelp(string output) => askedForHelp ? Help().Replace(output, "") : output;

    [GeneratedRegex(@"(\[ *\d+\.\d+\](\[ *[TC]\d+\])? )?sysrq: (HELP : |This sysrq operation is disabled)[^\r\n]*\r?\n")]
    private static partial Regex Help();
}
