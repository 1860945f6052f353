// What the kernel says of this machine's CPU, and of programs that it could not run. Unaware of actions.

using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Engine.Sandbox;

static unsafe partial class HostProcessor
{
    const int ReadAll = 3, LogBytes = 10;

    /// <summary>The model's name; on architectures whose kernel has none, the numbers of implementer and part.</summary>
    public static string Name { get; } = Read("/proc/cpuinfo") is var text && Model().Match(text) is { Success: true } model
        ? model.Groups[1].Value
        : string.Join(", ", Numbers().Matches(text).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}").Distinct()) is { Length: > 0 } numbers ? numbers : RuntimeInformation.OSArchitecture.ToString();

    /// <summary>The kernel's last line on a program with an instruction that the CPU does not have, not older than <paramref name="since"/> (time since the machine's start); null when there is none, or the log may not be read.</summary>
    public static string? IllegalInstruction(TimeSpan since) => IllegalInstruction(KernelLog(), since);

    /// <summary>The same in a log that is given.</summary>
    /// <remarks>Sources: arch/x86/kernel/traps.c, arch/arm64/kernel/traps.c, arch/riscv/kernel/traps.c of Linux.</remarks>
    public static string? IllegalInstruction(string log, TimeSpan since) => Illegal().Matches(log).LastOrDefault() is { } line && TimeSpan.FromSeconds(double.Parse(line.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)) >= since
        ? line.Groups[2].Value.Trim()
        : null;

    // syslog(2): needs a right where `kernel.dmesg_restrict` is set.
    static string KernelLog()
    {
        var size = KernelLogControl(LogBytes, null, 0);
        if (size <= 0)
            return "";
        var bytes = new byte[size];
        fixed (byte* start = bytes)
        {
            var count = KernelLogControl(ReadAll, start, size);
            return count <= 0 ? "" : Encoding.UTF8.GetString(bytes, 0, count);
        }
    }

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "klogctl")]
    private static partial int KernelLogControl(int type, byte* buffer, int length);

    [GeneratedRegex(@"^model name\s*:\s*(.+)$", RegexOptions.Multiline)]
    private static partial Regex Model();

    [GeneratedRegex(@"^(CPU implementer|CPU part|uarch)\s*:\s*(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^(?:<\d+>)?\[ *(\d+\.\d+)\](?:\[ *[TC]\d+\])? (.*(?:trap invalid opcode|undefined instruction|unhandled signal 4).*)$", RegexOptions.Multiline)]
    private static partial Regex Illegal();
}
