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
    private long position;

    /// <summary>The latest start of a panic.</summary>
    public Trouble? Panic { get; private set; }

    /// <summary>The latest end of a panic's report: the kernel says nothing after it.</summary>
    public Trouble? PanicEnd { get; private set; }

    /// <summary>The latest last word of a kernel or firmware that stays powered, but runs no further.</summary>
    public Trouble? Stop { get; private set; }

    /// <summary>The latest oops.</summary>
    public Trouble? Oops { get; private set; }

    /// <summary>The last lines seen, for messages.</summary>
    public Queue<string> LastLines { get; } = new();

    /// <summary>Takes the next text.</summary>
    public void Feed(ReadOnlySpan<char> text)
    {
        lock (LastLines)
        {
            foreach (char character in text)
            {
                position++;
                if (character == '\n')
                    EndLine();
                else if (character != '\r' && line.Length < LongestLine)
                    line.Append(character);
            }
        }
    }

    /// <summary>The last lines, the unfinished one included.</summary>
    public string Tail()
    {
        lock (LastLines)
            return string.Join('\n', line.Length == 0 ? LastLines : LastLines.Append(line.ToString()));
    }

    private void EndLine()
    {
        string ended = line.ToString();
        line.Clear();
        LastLines.Enqueue(ended);
        if (LastLines.Count > 40)
            LastLines.Dequeue();
        if (EndOfPanic().IsMatch(ended))
            PanicEnd = new(Message(ended), position);
        else if (StartOfPanic().IsMatch(ended))
            Panic = new(Message(ended), position);
        else if (LastWord().IsMatch(ended))
            Stop = new(Message(ended), position);
        else if (KernelOops().IsMatch(ended))
            Oops = new(Message(ended), position);
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

    // arm64 and arm say `Internal error: Oops`, riscv64 `Oops [#1]`, x86-64 `Oops: 0000 [#1]`; BUG() is one as well.
    [GeneratedRegex(Prefix + @"(Internal error: |Oops( |:)|BUG: |Unable to handle kernel |kernel BUG at )")]
    private static partial Regex KernelOops();
}
