// Tells what to know when a program on the board dies by SIGILL. Unaware of QEMU and of checks.

using System.Text.RegularExpressions;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>Asks the machine for its CPU and for the kernel's word on it.</summary>
public static partial class IllegalInstructions
{
    private const int ExitCode = 128 + 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Whether a command, or a program that it ran, died by an instruction that the CPU does not have: by its exit code, or by the shell's words on its child.</summary>
    public static bool IsMeant(CommandResult given) => given.ExitCode == ExitCode || given.Output.Contains("Illegal instruction", StringComparison.Ordinal);

    /// <summary>One sentence with signal, CPU, place and remedy.</summary>
    /// <param name="console">The machine's.</param>
    /// <param name="processor">What is known of its CPU from outside; null: nothing.</param>
    /// <param name="cancellationToken">Ends asking.</param>
    /// <exception cref="MachineException">The machine died.</exception>
    public static async Task<string> ExplainAsync(SerialConsole console, string? processor, CancellationToken cancellationToken)
    {
        CommandResult log = await console.RunAsync("dmesg | tail -n 200", Limit, cancellationToken);
        CommandResult cpu = await console.RunAsync("grep -E '^(model name|CPU implementer|CPU part|isa|uarch)' /proc/cpuinfo | sort -u | head -n 3", Limit, cancellationToken);
        return Explain(log.Output, cpu.Output, processor);
    }

    /// <summary>The same, of a log and of lines of <c>/proc/cpuinfo</c> that are given.</summary>
    public static string Explain(string log, string cpuLines, string? processor)
    {
        string cpu = string.Join(", ", cpuLines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Blanks().Replace(line.Trim(), " ").Replace(" :", ":", StringComparison.Ordinal)).Append(processor).OfType<string>().Where(words => words.Length > 0));
        string place = Place(log) is { Length: > 0 } words ? $"; the kernel says `{words}`" : "; the kernel's log does not say where";
        return $"A program died by signal 4, SIGILL: it has an instruction that this CPU{(cpu.Length == 0 ? "" : $" ({cpu})")} does not have{place}. "
            + "Compile it for this CPU (`cpu-flags` of the board, flags of its recipe), take a prebuilt package for an older one, or give QEMU the board's CPU by `-cpu`";
    }

    // The line, and where the kernel prints them the program counter and the words around it.
    private static string Place(string log)
    {
        string[] lines = [.. log.Split('\n').Select(line => TimeStamp().Replace(line.TrimEnd(), ""))];
        int at = Array.FindLastIndex(lines, Illegal().IsMatch);
        if (at < 0)
            return "";
        return string.Join(" / ", lines.Skip(at + 1).Take(40).Where(line => Register().IsMatch(line)).Take(2).Prepend(lines[at]).Select(line => line.Trim()));
    }

    // Sources: arch/x86/kernel/traps.c, arch/arm64/kernel/traps.c, arch/arm/kernel/traps.c and arch/riscv/kernel/traps.c of Linux.
    [GeneratedRegex("trap invalid opcode|undefined instruction|unhandled signal 4 ")]
    private static partial Regex Illegal();

    [GeneratedRegex("^(pc : |PC is at |epc : |Code: )")]
    private static partial Regex Register();

    [GeneratedRegex(@"^\[ *\d+\.\d+\](\[ *[TC]\d+\])? ?")]
    private static partial Regex TimeStamp();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
