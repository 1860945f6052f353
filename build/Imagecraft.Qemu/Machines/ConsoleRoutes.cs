// Finds out where a QEMU machine's kernel speaks and where we listen. Pure; unaware of running machines.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Machines;

/// <summary>Compares a board's console with the kernel's command line and with the serial port that QEMU shows.</summary>
public static class ConsoleRoutes
{
    private const string Key = "console=";

    /// <summary>The route of a machine's words.</summary>
    public static ConsoleRoute Of(MachineDescription machine)
    {
        ImmutableArray<string> arguments = machine.ExpandedArguments;
        // What is given to QEMU itself counts; otherwise a boot loader on the disk gives the board's.
        string commandLine = QemuArguments.After(arguments, "-append") ?? machine.CommandLine;
        string[] words = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] named = [.. words.Where(word => word.StartsWith(Key, StringComparison.Ordinal))];
        string? type = (QemuArguments.After(arguments, "-machine") ?? QemuArguments.After(arguments, "-M"))?.Split(',')[0];
        string? port = PortName(machine.System, type, machine.ConsolePort);
        string? heard = port ?? machine.Console;
        string? last = named.Length == 0 ? null : named[^1][Key.Length..].Split(',')[0];
        bool quiet = words.Contains("quiet");
        string board = machine.Console is null ? "" : $"the board's console is `{machine.Console}`, ";
        string kernel = named.Length == 0 ? $"the kernel's command line names none{(quiet ? " and is `quiet`" : "")}" : $"the kernel's command line says [{string.Join(", ", named.Concat(quiet ? ["quiet"] : []).Select(word => $"`{word}`"))}]";
        string qemu = $"QEMU shows serial port {machine.ConsolePort}{(type is null ? "" : $" of its machine `{type}`")}{(port is null ? "" : $", which Linux calls `{port}`")}";
        bool elsewhere = last is not null && heard is not null && last != heard;
        return new($"{board}{kernel}, and {qemu}", Remedy(heard, elsewhere, named.Length == 0), elsewhere);
    }

    private static string Remedy(string? heard, bool elsewhere, bool unnamed) => heard is not null && (elsewhere || unnamed)
        ? $"write `console={heard}` into the command line and `console: {heard}` into the board, or choose another port by `console-port` in its `qemu:`"
        : "add `earlycon` to the command line to hear a kernel that stops early, and see that `qemu:` of the board starts the right kernel or firmware on enough memory";

    // Sources: QEMU's hw/arm/virt.c, hw/arm/raspi4b.c, hw/arm/imx8mp-evk.c, hw/riscv/virt.c and hw/i386, with the kernel's drivers of these ports and the aliases of their device trees.
    private static string? PortName(string system, string? type, int port) => (system, type) switch
    {
        ("aarch64" or "arm", "virt") => Numbered("ttyAMA", port),
        ("aarch64" or "arm", not null) when type.StartsWith("raspi", StringComparison.Ordinal) => port == 0 ? "ttyAMA0" : Numbered("ttyS", port),
        ("aarch64", "imx8mp-evk") => Numbered("ttymxc", port),
        ("riscv64" or "riscv32", "virt") => Numbered("ttyS", port),
        ("x86_64" or "i386", null or "pc" or "q35" or "microvm") => Numbered("ttyS", port),
        _ => null,
    };

    private static string Numbered(string name, int port) => string.Create(CultureInfo.InvariantCulture, $"{name}{port}");
}
