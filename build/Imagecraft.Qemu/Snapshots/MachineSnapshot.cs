// The state of a running machine, kept in files, from which any number of machines go on. Unaware of checks.

using System.Text.Json.Nodes;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Snapshots;

/// <summary>Memory, devices and disk of a machine at one moment.</summary>
/// <remarks>
/// Made by QEMU's migration into a file whose pages lie at fixed places (<c>mapped-ram</c>), so restoring reads only pages
/// in use. Each restored machine is a QEMU of its own with an overlay of its own: nothing that one does reaches another.
/// Source: QEMU's documentation, "Mapped-ram", "CheckPoint and Restart".
/// </remarks>
public sealed class MachineSnapshot
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private const string ForeignDevice = "vfio-user-pci";

    private readonly MachineDescription machine;
    private readonly string folder;
    private readonly string memory;
    private readonly ConsoleState console;
    private int restored;

    private MachineSnapshot(MachineDescription machine, string folder, string memory, ConsoleState console)
    {
        this.machine = machine;
        this.folder = folder;
        this.memory = memory;
        this.console = console;
    }

    /// <summary>Takes the state of a machine whose disk is an overlay (<see cref="MachineDisk.OnOverlay"/>), and ends it: nothing may write to its disk any more.</summary>
    /// <param name="running">A machine whose shell waits for a command.</param>
    /// <param name="folder">Existing folder for the snapshot and for what restored machines write; whoever made it removes it when none runs any more.</param>
    /// <param name="cancellationToken">Ends taking; the machine is not usable afterwards.</param>
    /// <exception cref="IOException">QEMU cannot save the state of one of its devices, or the host's disk is full; the message has QEMU's words. A device that another process serves is refused, and the machine runs on.</exception>
    public static async Task<MachineSnapshot> TakeAsync(QemuMachine running, string folder, CancellationToken cancellationToken)
    {
        if (running.Qmp is not { } qmp)
            throw new IOException("The machine has ended, so its state cannot be taken");
        await RefuseForeignAsync(qmp, cancellationToken);
        string memory = Path.Combine(folder, "memory");
        await qmp.ExecuteAsync("stop", null, cancellationToken);
        await MigrateAsync(qmp, "migrate", memory, cancellationToken);
        await running.DisposeAsync();
        return new(running.Description, folder, memory, running.Console.State);
    }

    /// <summary>A machine that goes on from the moment of the snapshot, with a shell that answers. Several may run at once.</summary>
    /// <param name="consoleLog">File to which all console output is appended; null: none.</param>
    /// <param name="cancellationToken">Ends restoring.</param>
    /// <exception cref="MachineException">QEMU cannot be started, or refuses the state.</exception>
    public async Task<QemuMachine> RestoreAsync(string? consoleLog, CancellationToken cancellationToken)
    {
        string overlay = Path.Combine(folder, $"disk-{Interlocked.Increment(ref restored)}.qcow2");
        try
        {
            QemuMachine again = await RestoreAsync(MachineDisk.OnOverlay(machine, overlay), consoleLog, cancellationToken);
            again.OwnDisk(overlay);
            return again;
        }
        catch
        {
            File.Delete(overlay);
            throw;
        }
    }

    /// <summary>The same for callers who bring the files of the machine's disks and sockets themselves.</summary>
    /// <param name="files">The machine that the snapshot was taken of, with the same devices on other files; its disks hold what they held at that moment.</param>
    /// <param name="consoleLog">As above.</param>
    /// <param name="cancellationToken">Ends restoring.</param>
    /// <exception cref="MachineException">QEMU cannot be started, or refuses the state.</exception>
    public async Task<QemuMachine> RestoreAsync(MachineDescription files, string? consoleLog, CancellationToken cancellationToken)
    {
        QemuMachine again = await QemuMachine.StartAsync(files, consoleLog, ["-incoming", "defer"], cancellationToken);
        try
        {
            await MigrateAsync(again.Qmp!, "migrate-incoming", memory, cancellationToken);
            await again.Qmp!.ExecuteAsync("cont", null, cancellationToken);
            again.Console.Resume(console);
            return again;
        }
        catch (Exception failure)
        {
            await again.DisposeAsync();
            if (failure is IOException)
                throw new MachineStartException($"QEMU cannot go on from a snapshot: {failure.Message}");
            throw;
        }
    }

    // What lies in another process is saved without an error, and restored as after a reset, of which the guest knows nothing.
    private static async Task RefuseForeignAsync(QmpClient qmp, CancellationToken cancellationToken)
    {
        foreach (string path in new[] { "/machine/peripheral", "/machine/peripheral-anon" })
        {
            JsonNode? devices = await qmp.ExecuteAsync("qom-list", new JsonObject { ["path"] = path }, cancellationToken);
            if (devices is JsonArray list && list.Any(device => device?["type"]?.GetValue<string>() == $"child<{ForeignDevice}>"))
                throw new IOException($"The machine has a device `{ForeignDevice}`, whose state QEMU cannot save; add it behind the snapshot, to each machine that goes on from it");
        }
    }

    // Each state is asked for, as the answer to a query also tells of failures that an event does not explain.
    private static async Task MigrateAsync(QmpClient qmp, string command, string file, CancellationToken cancellationToken)
    {
        await qmp.ExecuteAsync("migrate-set-capabilities", new JsonObject
        {
            ["capabilities"] = new JsonArray(new JsonObject { ["capability"] = "mapped-ram", ["state"] = true }),
        }, cancellationToken);
        await qmp.ExecuteAsync(command, new JsonObject { ["uri"] = $"file:{file}" }, cancellationToken);
        while (true)
        {
            JsonNode? state = await qmp.ExecuteAsync("query-migrate", null, cancellationToken);
            switch (state?["status"]?.GetValue<string>())
            {
                case "completed":
                    return;
                case "failed" or "cancelled":
                    throw new IOException($"QEMU's state is not transferred: {state["error-desc"]?.GetValue<string>() ?? "it does not say why"}");
                default:
                    await Task.Delay(PollInterval, cancellationToken);
                    break;
            }
        }
    }
}
