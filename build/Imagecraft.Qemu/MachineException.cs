// What can go wrong with a running machine, one type each. Unaware of who shows it.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu;

/// <summary>A machine did not do what was awaited. The message says what, and ends with the console's last lines.</summary>
public abstract class MachineException : Exception
{
    private protected MachineException(string headline, string lastLines)
        : base(lastLines.Length == 0 ? headline : $"{headline}. Last lines of the console:\n{lastLines}")
    {
        Headline = headline;
        LastLines = lastLines;
    }

    /// <summary>One line.</summary>
    public string Headline { get; }

    /// <summary>The console's last lines, separated by line breaks.</summary>
    public string LastLines { get; }
}

/// <summary>QEMU cannot be started, or not with what is asked of it.</summary>
public sealed class MachineStartException(string headline, string lastLines = "") : MachineException(headline, lastLines);

/// <summary>The kernel gave up.</summary>
public sealed class KernelPanicException(string line, string lastLines) : MachineException($"Kernel panic: `{line}`", lastLines);

/// <summary>The kernel reported a fault of its own, and the machine did not go on.</summary>
public sealed class KernelOopsException(string line, string lastLines) : MachineException($"Kernel oops: `{line}`", lastLines);

/// <summary>What was awaited did not come in time, though the machine runs; or the machine is seen to be dead though QEMU runs.</summary>
public sealed class MachineHangException : MachineException
{
    /// <summary>A limit has passed.</summary>
    /// <param name="awaited">What did not come.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="lastLines">The console's last lines.</param>
    /// <param name="remark">What may be the reason, ending the sentence.</param>
    public MachineHangException(string awaited, TimeSpan limit, string lastLines, string remark = "")
        : base($"Machine hangs: no {awaited} within {limit.TotalSeconds:0.#} s{remark}", lastLines)
    {
    }

    /// <summary>It is known to be dead before any limit has passed.</summary>
    public MachineHangException(string awaited, string reason, string lastLines)
        : base($"Machine hangs while waiting for {awaited}: {reason}", lastLines) => IsCertain = true;

    /// <summary>The machine is dead, as opposed to late.</summary>
    public bool IsCertain { get; }
}

/// <summary>Not one byte came from the console since power-on: its words go elsewhere, or nothing runs that could say any.</summary>
public sealed class ConsoleSilentException(TimeSpan limit, ConsoleRoute? route)
    : MachineException($"Console is silent: not one byte came from it within {limit.TotalSeconds:0.#} s{(route is null ? "" : $"; {route.Story}; {route.Remedy}")}", "");

/// <summary>What a command printed did not come whole, however often it was sent.</summary>
public sealed class OutputDamagedException(int times, string lastLines)
    : MachineException($"Output of a command is damaged on the serial line, also when it is sent again {times} times; something else writes there without end", lastLines);

/// <summary>The machine prints without end instead of doing what was awaited.</summary>
/// <param name="awaited">What did not come.</param>
/// <param name="characters">How much came instead.</param>
/// <param name="lastLines">The console's last lines.</param>
/// <param name="isLate">A limit of time has passed before one of characters.</param>
public sealed class ConsoleFloodException(string awaited, long characters, string lastLines, bool isLate = false)
    : MachineException($"Machine floods its console: {(characters < 1 << 20 ? $"{characters >> 10} KiB" : $"{characters >> 20} MiB")} without {awaited}", lastLines)
{
    /// <summary>It may only be slow to end.</summary>
    public bool IsLate { get; } = isLate;
}

/// <summary>The kernel starts again and again, and nobody gets as far as a shell.</summary>
/// <param name="starts">How often it has started.</param>
/// <param name="reason">The line that was its last cry; null: it gave none.</param>
/// <param name="lastLines">The console's last lines.</param>
public sealed class RebootLoopException(int starts, string? reason, string lastLines)
    : MachineException($"Machine reboots again and again: its kernel has started {starts} times without a shell{(reason is null ? "" : $", the last time after `{reason}`")}", lastLines);

/// <summary>The machine has rebooted while something else was awaited.</summary>
/// <param name="awaited">What did not come.</param>
/// <param name="panic">The line of a panic before; null: there was none.</param>
/// <param name="lastLines">The console's last lines.</param>
public sealed class MachineRebootedException(string awaited, string? panic, string lastLines)
    : MachineException($"Machine rebooted while waiting for {awaited}{(panic is null ? "" : $", after `{panic}`")}", lastLines)
{
    /// <summary>The kernel has panicked before.</summary>
    public bool HasPanicked { get; } = panic is not null;
}

/// <summary>The machine takes nothing from its serial port any more, so its buffers are full.</summary>
public sealed class SerialBufferFullException(TimeSpan limit, string lastLines)
    : MachineException($"Serial buffer is full: the machine reads nothing from its console for {limit.TotalSeconds:0.#} s", lastLines);

/// <summary>The machine ended while something was awaited.</summary>
public sealed class MachineExitException(string awaited, string how, string lastLines)
    : MachineException($"Machine ended while waiting for {awaited}: {how}", lastLines)
{
    internal const string ResetWords = "it has reset itself";

    /// <summary>By a reset, which ends machines that do not reboot.</summary>
    public bool IsReset { get; } = how.StartsWith(ResetWords, StringComparison.Ordinal);
}

/// <summary>The machine refuses the user or the password.</summary>
public sealed class LoginRefusedException(string user, string lastLines) : MachineException($"Login of `{user}` is refused", lastLines);

/// <summary>An accelerator was added to the machine, and no driver has made its device nodes.</summary>
/// <param name="name">The accelerator.</param>
/// <param name="nodes">What was waited for.</param>
/// <param name="limit">How long.</param>
/// <param name="kernel">What the kernel said since.</param>
public sealed class AcceleratorMissingException(string name, IEnumerable<string> nodes, TimeSpan limit, string kernel)
    : MachineException($"Accelerator `{name}` was added to the machine, and [{string.Join(", ", nodes)}] did not appear within {limit.TotalSeconds:0} s", kernel);
