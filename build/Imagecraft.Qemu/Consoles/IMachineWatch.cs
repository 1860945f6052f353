// How a machine is seen from outside of its console. Unaware of QEMU.

namespace Imagecraft.Qemu.Consoles;

/// <summary>Asked when a console has been silent for long, to tell a machine that works quietly from one that is dead.</summary>
public interface IMachineWatch
{
    /// <summary>Time that the machine's busiest CPU has waited for a CPU of the host since it was started.</summary>
    TimeSpan Starved { get; }

    /// <summary>An amount of sent text that the machine's serial port has not taken yet; 0 when it has taken all.</summary>
    int Unread { get; }

    /// <summary>What keeps the machine from running, in words; null: it runs. Answers within a few seconds.</summary>
    Task<string?> TroubleAsync(CancellationToken cancellationToken);

    /// <summary>Which of the machine's CPUs run without a pause, in words; null: none does, or nobody knows.</summary>
    Task<string?> BusyAsync(CancellationToken cancellationToken);

    /// <summary>Sends a break on the serial line; nothing happens when the machine is gone.</summary>
    Task BreakAsync(CancellationToken cancellationToken);
}
