// Tells a machine that works quietly from one that is dead. Unaware of QEMU.

using System.Diagnostics;
using System.Text;
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

    // The terminal of the shell gives a line break back though it echoes nothing else: the kernel's line discipline does so
    // while a command runs too, whatever `kernel.sysrq` is. A kernel that has panicked does not.
    private bool echoes;

    // Lines on their way are none of the shell's.
    private bool takesInput;

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
        await TypeKeyAsync("\n", cancellationToken);
        // Where outputs have a way of their own, a line break that comes back gets into none.
        if (Keyboard is null && outputPath is OutputPath.Channel or OutputPath.Encoded && (await ExchangeAsync("stty echonl 2>/dev/null", AnswerLimitUnderLoad * 5, cancellationToken)).Succeeded)
            echoes = await AnswersAsync(() => SendAsync("\n", cancellationToken), text => text.Contains('\n', StringComparison.Ordinal), cancellationToken);
    }

    private async Task<bool> IsAliveAsync(CancellationToken cancellationToken) =>
        echoes && !takesInput && await AnswersAsync(() => SendAsync("\n", cancellationToken), text => text.Length > 0, cancellationToken);

    // Words on what else is known of a machine that answers nobody, ending a sentence.
    private async Task<string> BusyAsync(CancellationToken cancellationToken) =>
        watch is not null && await watch.BusyAsync(cancellationToken) is { } busy ? $"; {busy}" : "";

    private async Task TypeKeyAsync(string key, CancellationToken cancellationToken)
    {
        if (Keyboard is null)
        {
            await SendAsync(key, cancellationToken);
            return;
        }

        await Keyboard.WriteAsync(Encoding.ASCII.GetBytes(key), cancellationToken);
        await Keyboard.FlushAsync(cancellationToken);
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
        {
            if (!await IsAliveAsync(cancellationToken) && !buffer.IsCompleted)
                throw Dead(awaited, $"its kernel does not answer a break on its serial line{await BusyAsync(cancellationToken)}");
            // A command has switched these answers off.
            AnswersBreaks = false;
        }

        Volatile.Write(ref lastSign, Stopwatch.GetTimestamp());
    }

    private MachineException Dead(string awaited, string reason) => troubles.Oops is { } oops
        ? new KernelOopsException(oops.Line, LastLines)
        : new MachineHangException(awaited, reason, LastLines);

    private async Task<bool> AnswersHelpAsync(Func<string, bool> isAnswer, CancellationToken cancellationToken)
    {
        askedForHelp = true;
        return await AnswersAsync(async () =>
        {
            await watch!.BreakAsync(cancellationToken);
            await TypeKeyAsync(HelpKey, cancellationToken);
        }, isAnswer, cancellationToken);
    }

    private async Task<bool> AnswersAsync(Func<Task> ask, Func<string, bool> isAnswer, CancellationToken cancellationToken)
    {
        long from = buffer.End, started = Stopwatch.GetTimestamp();
        TimeSpan starved = watch?.Starved ?? TimeSpan.Zero;
        await ask();
        while (true)
        {
            Task changed = buffer.Changed;
            if (buffer.IsCompleted || isAnswer(buffer.Slice(from, buffer.End)))
                return !buffer.IsCompleted;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started), waited = (watch?.Starved ?? TimeSpan.Zero) - starved;
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
