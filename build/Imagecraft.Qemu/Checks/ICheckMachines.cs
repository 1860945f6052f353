// Where checks get their machines from. Unaware of QEMU.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>A machine whose shell answers.</summary>
/// <param name="Console">Its console.</param>
/// <param name="Owner">Disposed when it is no longer needed; null: nobody needs to.</param>
public sealed record CheckMachine(SerialConsole Console, IAsyncDisposable? Owner) : IAsyncDisposable
{
    /// <summary>Tells what went wrong beside the machine and may be the reason why a check fails, as a sentence; null: nothing that is known.</summary>
    public Func<Task<string?>>? Complaint { get; init; }

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => Owner?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Boots a machine once and then gives one in the same state for each check.</summary>
public interface ICheckMachines : IAsyncDisposable
{
    /// <summary>A machine that reboots is there again by itself, so <see cref="AgainAsync"/> gives it; otherwise a reboot ends it.</summary>
    bool OutliveReboots { get; }

    /// <summary>Power-on to a shell that answers. Called once, first.</summary>
    /// <exception cref="MachineException">It does not come so far.</exception>
    Task<CheckMachine> BootAsync(CancellationToken cancellationToken);

    /// <summary>Keeps the state of the booted machine for what follows, and ends it.</summary>
    /// <returns>Null, or a sentence on how the checks' machines differ from that.</returns>
    Task<string?> KeepAsync(CheckMachine booted, CancellationToken cancellationToken);

    /// <summary>A machine in that state for one check; several may run at once.</summary>
    /// <exception cref="MachineException">There is none.</exception>
    Task<CheckMachine> AgainAsync(Check check, CancellationToken cancellationToken);

    /// <summary>A machine that was booted, told to reboot, and has booted again on the same disk.</summary>
    /// <exception cref="MachineException">One of the boots, or the shutdown, does not come to its end.</exception>
    Task<CheckMachine> RebootedAsync(Check check, CancellationToken cancellationToken);
}
