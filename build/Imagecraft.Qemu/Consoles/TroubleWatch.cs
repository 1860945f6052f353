// Recognizes cries for help of kernel and firmware in console text. Unaware of the machine's state.

using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Qemu.Consoles;

/// <summary>A line of trouble and its position on the console.</summary>
internal sealed record Trouble(string Line, long Position);

/// <summary>Looks at every complete line. A command may print such a line too, so a sighting alone decides nothing.</summary>
internal sealed partial class TroubleWatch
{
    private const int LongestLine = 2000;

    private readonly StringBuilder line = new();
    private readonly StringBuilder outputLine = new();

    /// <summary>The latest start of a panic.</summary>
    public Trouble? Panic { get; private set; }

    /// <summary>The latest end of a panic's report: the kernel says nothing after it.</summary>
    public Trouble? PanicEnd { get; private set; }

    /// <summary>The latest last word of a kernel or firmware that stays powered, but runs no further.</summary>
    public Trouble? Stop { get; private set; }

    /// <summary>The latest oops.</summary>
    public Trouble? Oops { get; private set; }

    /// <summary>How often a kernel has said that it starts.</summary>
    public int Starts { get; private set; }

    /// <summary>The latest start of a kernel.</summary>
    public Trouble? Start { get; private set; }

    /// <summary>The last lines seen, for messages.</summary>
    public Queue<string> LastLines { get; } = new();

    /// <summary>Takes the next text.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="position">The console's before it.</param>
    public void Feed(ReadOnlySpan<char> text, long position)
    {
        lock (LastLines)
        {
            foreach (char character in text)
            {
                position++;
                if (Ended(line, character) is { } ended)
                    Judge(ended, position);
            }
        }
    }

    /// <summary>Takes what a command printed elsewhere than on the console: it belongs to the last lines, and no kernel cries there.</summary>
    public void FeedOutput(ReadOnlySpan<char> text)
    {
        lock (LastLines)
        {
            foreach (char character in text)
                Ended(outputLine, character);
        }
    }

    /// <summary>The last lines, the unfinished one included.</summary>
    public string Tail()
    {
        lock (LastLines)
            return string.Join('\n', LastLines.Concat(((StringBuilder[])[outputLine, line]).Where(unfinished => unfinished.Length > 0).Select(unfinished => unfinished.ToString())));
    }

    private string? Ended(StringBuilder unfinished, char character)
    {
        if (character != '\n')
        {
            if (character != '\r' && unfinished.Length < LongestLine)
                unfinished.Append(character);
            return null;
        }

        string ended = unfinished.ToString();
        unfinished.Clear();
        LastLines.Enqueue(ended);
        if (LastLines.Count > 40)
            LastLines.Dequeue();
        return ended;
    }

    private void Judge(string ended, long position)
    {
        if (EndOfPanic().IsMatch(ended))
            PanicEnd = new(Message(ended), position);
        else if (StartOfPanic().IsMatch(ended))
            Panic = new(Message(ended), position);
        else if (LastWord().IsMatch(ended))
            Stop = new(Message(ended), position);
        else if (KernelOops().IsMatch(ended))
            Oops = new(Message(ended), position);
        else if (StartOfKernel().IsMatch(ended))
        {
            Starts++;
            Start = new(Message(ended), position);
        }
    }

    private static string Message(string line) => TimeStamp().Replace(line, "").Trim();

    // printk's prefixes: a time, and with CONFIG_PRINTK_CALLER a thread.
    private const string Prefix = @"^(\[ *\d+\.\d+\](\[ *[TC]\d+\])? ?)?";

    [GeneratedRegex(Prefix)]
    private static partial Regex TimeStamp();

    [GeneratedRegex(Prefix + @"Kernel panic - not syncing")]
    private static partial Regex StartOfPanic();

    [GeneratedRegex(Prefix + @"---\[ end Kernel panic")]
    private static partial Regex EndOfPanic();

    // Sources: kernel/reboot.c of Linux; U-Boot's lib/hang.c; EDK2's exception handlers and boot manager; TF-A's crash reporting; OpenSBI's lib/sbi/sbi_trap.c.
    [GeneratedRegex("(" + Prefix + @"reboot: (System halted|Power down))|^### ERROR ### Please RESET the board ###|^Synchronous Exception at 0x|^!!!! X64 Exception Type|^BdsDxe: No bootable option or device was found|^PANIC (at PC|in EL3)|^sbi_trap_error: hart")]
    private static partial Regex LastWord();

    // Source: init/version-timestamp.c of Linux. With its time, which is zero: what a program prints of it has none.
    [GeneratedRegex(@"^\[ *0\.000000\](\[ *[TC]\d+\])? Linux version \d")]
    private static partial Regex StartOfKernel();

    // arm64 and arm say `Internal error: Oops`, riscv64 `Oops [#1]`, x86-64 `Oops: 0000 [#1]`; BUG() is one as well, as is a CPU that is stuck, which
    // kernel/watchdog.c, kernel/watchdog_buddy.c and kernel/rcu/tree_stall.h name with its number.
    [GeneratedRegex(Prefix + @"(Internal error: |Oops( |:)|(watchdog: )?BUG: |Unable to handle kernel |kernel BUG at |(NMI )?watchdog: (CPU\d+: )?Watchdog detected hard LOCKUP |rcu: INFO: .* stall)")]
    private static partial Regex KernelOops();
}
