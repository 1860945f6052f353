// Switching a machine on and off, gently and otherwise. Unaware of what runs on it.

using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    // The board's own disk among the recorded ones; no extra disk's name has a blank.
    private const string Own = "own disk";

    private readonly Dictionary<string, RecordedDisk> recorded = [];

    /// <summary>Whether the machine is switched on. One that died counts as on.</summary>
    public bool IsOn => qemu is not null;

    private RecordedDisk? OwnDisk => recorded.GetValueOrDefault(Own);

    /// <summary>Switches the machine on and logs in. Its disks hold what was written to them before.</summary>
    /// <exception cref="InvalidOperationException">It is on.</exception>
    /// <exception cref="MachineException">It does not boot.</exception>
    public async Task PowerOnAsync(CancellationToken cancellationToken = default)
    {
        if (qemu is not null)
            throw new InvalidOperationException("The machine is on already");
        RenewFilePort();
        foreach (RecordedDisk disk in recorded.Values)
            disk.Begin();
        await TakeAsync(await QemuMachine.StartAsync(Assemble(), LogPath, cancellationToken), async started =>
        {
            if (options.Login is { } login)
                await started.Console.LoginAsync(login, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Shuts the system down and waits until the machine is off.</summary>
    /// <exception cref="MachineException">It panics on its way, or does not end in time.</exception>
    public async Task PowerOffAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        await Qemu.PowerOffAsync(limit ?? DefaultLimit, cancellationToken);
        await SwitchOffAsync();
    }

    /// <summary>Takes the power away and gives it back: what the system had not written to its disk is lost, as on a desk. What it had written stays; see <see cref="PowerFailureAsync"/>.</summary>
    /// <exception cref="MachineException">It does not boot again.</exception>
    public async Task PowerCutAsync(CancellationToken cancellationToken = default)
    {
        await Qemu.CutPowerAsync();
        await SwitchOffAsync();
        await PowerOnAsync(cancellationToken);
    }

    /// <summary>Takes the power away from machine and disks, and gives it back: also what the disks had in their caches is lost. Only what was flushed before (fsync, sync, FUA) stays for sure.</summary>
    /// <param name="surviving">Share of the writes after the last flush that reach the medium nevertheless, 0 to 1; a drive writes its cache in an order of its own.</param>
    /// <param name="seed">Decides which.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="InvalidOperationException">The machine was started without <see cref="MachineOptions.VolatileCache"/>, so nobody knows what was flushed.</exception>
    /// <exception cref="MachineException">It does not boot again.</exception>
    public async Task PowerFailureAsync(double surviving = 0, int seed = 0, CancellationToken cancellationToken = default)
    {
        if (!options.VolatileCache)
            throw new InvalidOperationException("What the machine flushes is not recorded; start it with `MachineOptions.VolatileCache`, or `VolatileCache = true` in `[Board]`");
        if (surviving is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(surviving), surviving, "What survives is a share from 0 to 1");
        var random = new Random(seed);
        await Qemu.CutPowerAsync();
        await SwitchOffAsync(() => random.NextDouble() < surviving);
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

    // Where a step fails, QEMU is not left behind.
    private async Task TakeAsync(QemuMachine started, Func<QemuMachine, Task> prepare, CancellationToken cancellationToken)
    {
        try
        {
            await prepare(started);
            await ForwardAgainAsync(started, cancellationToken);
            qemu = started;
        }
        catch
        {
            await started.DisposeAsync();
            Settle(() => true);
            throw;
        }
    }

    private async Task SwitchOffAsync(Func<bool>? survives = null)
    {
        if (qemu is not { } running)
            return;
        await running.DisposeAsync();
        qemu = null;
        Settle(survives ?? (() => true));
    }

    private void Settle(Func<bool> survives)
    {
        foreach (RecordedDisk disk in recorded.Values)
            disk.Settle(survives);
    }

    private MachineDescription OnRecorded(MachineDescription machine)
    {
        if (!machine.Arguments.Any(argument => argument.Contains("$DISK", StringComparison.Ordinal)))
            return machine;
        if (!File.Exists(machine.Disk))
            throw new MachineStartException($"Artifact `{machine.Disk}` does not exist; build the image first");
        if (!machine.Arguments.Any(argument => argument.Split(',') is var options && options.Contains("file=$DISK") && options.Contains("format=raw")))
            throw new MachineStartException("The board's QEMU arguments have no disk of the form `file=$DISK,format=raw`, so what it flushes cannot be recorded; add one to `qemu:` of the board, or start without `VolatileCache`");
        string image = Path.Combine(folder.FullName, "disk.img");
        SparseFile.Copy(machine.Disk, image, machine.DiskSize);
        recorded[Own] = new(image, folder.FullName, "disk");
        return machine with { Disk = image, DiskSize = null };
    }
}
