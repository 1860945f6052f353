// Switching a machine on and off, gently and otherwise. Unaware of what runs on it.

using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    /// <summary>Whether the machine is switched on. One that died counts as on.</summary>
    public bool IsOn => qemu is not null;

    /// <summary>Switches the machine on and logs in. Its disks hold what was written to them before.</summary>
    /// <exception cref="InvalidOperationException">It is on.</exception>
    /// <exception cref="MachineException">It does not boot.</exception>
    public async Task PowerOnAsync(CancellationToken cancellationToken = default)
    {
        if (qemu is not null)
            throw new InvalidOperationException("The machine is on already");
        QemuMachine started = await QemuMachine.StartAsync(Assemble(), LogPath, cancellationToken);
        try
        {
            if (options.Login is { } login)
                await started.Console.LoginAsync(login, cancellationToken);
            qemu = started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Shuts the system down and waits until the machine is off.</summary>
    /// <exception cref="MachineException">It panics on its way, or does not end in time.</exception>
    public async Task PowerOffAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        await Qemu.PowerOffAsync(limit ?? DefaultLimit, cancellationToken);
        await SwitchOffAsync();
    }

    /// <summary>Takes the power away and gives it back: what the system had not written to its disk is lost, as on a desk.</summary>
    /// <exception cref="MachineException">It does not boot again.</exception>
    public async Task PowerCutAsync(CancellationToken cancellationToken = default)
    {
        await Qemu.CutPowerAsync();
        await SwitchOffAsync();
        await PowerOnAsync(cancellationToken);
    }

    /// <summary>Asks the system to reboot, waits until it has shut down, and logs in again.</summary>
    /// <param name="limit">Time for the shutdown.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="MachineException">It panics on its way, does not end in time, or does not boot again.</exception>
    public async Task RebootAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        await Qemu.Console.SendAsync("reboot\n", cancellationToken);
        await Qemu.Console.WaitForEndAsync(limit ?? DefaultLimit, cancellationToken);
        await SwitchOffAsync();
        await PowerOnAsync(cancellationToken);
    }

    private async Task SwitchOffAsync()
    {
        if (qemu is { } running)
            await running.DisposeAsync();
        qemu = null;
    }
}
