// Gives checks their machines: one that boots, then any number that go on from its snapshot. Unaware of what is checked.

using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Snapshots;

/// <summary>QEMU machines of one image.</summary>
/// <param name="machine">What is booted. Its disk image is only read.</param>
/// <param name="login">How to log in.</param>
/// <param name="logs">Existing folder for <c>console.log</c> of the boot and <c>OWNER.NAME.console.log</c> of each check.</param>
public sealed class QemuCheckMachines(MachineDescription machine, LoginOptions login, string logs) : ICheckMachines
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DriverLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("icq-state-");
    private MachineSnapshot? snapshot;
    private int booted;

    public bool OutliveReboots => false;

    public async Task<CheckMachine> BootAsync(CancellationToken cancellationToken)
    {
        return await LogInAsync(MachineDisk.OnOverlay(machine, NewOverlay()), Path.Combine(logs, "console.log"), cancellationToken);
    }

    public async Task<string?> KeepAsync(CheckMachine booted, CancellationToken cancellationToken)
    {
        try
        {
            snapshot = await MachineSnapshot.TakeAsync((QemuMachine)booted.Owner!, folder.FullName, cancellationToken);
            return null;
        }
        catch (IOException reason)
        {
            return $"Each check boots a machine of its own: {reason.Message}";
        }
    }

    public async Task<CheckMachine> AgainAsync(Check check, CancellationToken cancellationToken)
    {
        string log = Path.Combine(logs, CheckFiles.LogName(check, ".console.log"));
        if (snapshot is null)
            return await LogInAsync(MachineDisk.OnOverlay(With(check), NewOverlay()), log, cancellationToken);
        QemuMachine again = await snapshot.RestoreAsync(log, cancellationToken);
        try
        {
            // What lies in another process is in no snapshot.
            foreach (string accelerator in check.Accelerators)
                await again.PlugAsync(accelerator, check.Faults, !check.FaultsPreventStart, DriverLimit, cancellationToken);
            return new(again.Console, again) { Complaint = again.AcceleratorEndAsync };
        }
        catch
        {
            await again.DisposeAsync();
            throw;
        }
    }

    public async Task<CheckMachine> RebootedAsync(Check check, CancellationToken cancellationToken)
    {
        string log = Path.Combine(logs, CheckFiles.LogName(check, ".console.log"));
        // Accelerators are there from power-on, as on a desk.
        MachineDescription kept = MachineDisk.OnOverlay(machine with { HasAccelerators = true }, NewOverlay());
        // Whatever the board's arguments say, the reset ends QEMU: the second boot is as from power-on.
        await using (QemuMachine first = await QemuMachine.StartAsync(kept, log, ["-no-reboot"], cancellationToken))
        {
            await first.Console.LoginAsync(login, cancellationToken);
            await first.Console.ShutDownAsync("reboot", ShutdownLimit, cancellationToken);
        }

        return await LogInAsync(kept, log, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private string NewOverlay() => Path.Combine(folder.FullName, $"boot-{Interlocked.Increment(ref booted)}.qcow2");

    private MachineDescription With(Check check) => machine with
    {
        HasAccelerators = !check.Accelerators.IsEmpty,
        Accelerators = [.. machine.Accelerators.Select(served => check.Accelerators.Contains(served.Name) ? served.With(check.Faults) : served)],
    };

    private async Task<CheckMachine> LogInAsync(MachineDescription kept, string log, CancellationToken cancellationToken)
    {
        QemuMachine started = await QemuMachine.StartAsync(kept, log, cancellationToken);
        try
        {
            await started.Console.LoginAsync(login, cancellationToken);
            return new(started.Console, started) { Complaint = started.AcceleratorEndAsync };
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }
}
