// Keeps the state of a running machine, and makes machines of it. Unaware of test classes.

using System.Collections.Immutable;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;
using Imagecraft.Qemu.Snapshots;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    private bool attachesConsole;
    private bool isSaved;

    /// <summary>Keeps memory, devices and disks as they are now, and ends this machine: any number of machines can go on from there, each in a second or so.</summary>
    /// <exception cref="InvalidOperationException">The machine is off, or has a link or a volatile cache, whose state cannot be kept.</exception>
    /// <exception cref="IOException">QEMU cannot save one of the devices, or the host's disk is full; the message has QEMU's words.</exception>
    public async Task<SavedMachine> SaveAsync(CancellationToken cancellationToken = default)
    {
        if (options.VolatileCache || link is not null)
            throw new InvalidOperationException("A machine with `MachineOptions.VolatileCache` or `Link` cannot be saved; start it without, or with `Networks` instead of a link");
        // The disk files stay in the folder, which the saved machine owns from now on.
        MachineSnapshot snapshot = await MachineSnapshot.TakeAsync(Qemu, folder.FullName, cancellationToken);
        qemu = null;
        files?.Dispose();
        files = null;
        isSaved = true;
        var cards = ports.Select(place => (place.Network, place.Port.EthernetAddress)).ToImmutableArray();
        LeaveNetworks();
        return new(options, description, [.. disks], cards, snapshot, folder);
    }

    internal static async Task<Machine> RestoreAsync(SavedMachine saved, MachineSnapshot snapshot, bool attachesConsole, CancellationToken cancellationToken)
    {
        var machine = new Machine(saved.Options, saved.Description) { attachesConsole = attachesConsole };
        try
        {
            machine.description = MachineDisk.OnOverlay(saved.Description, Path.Combine(machine.folder.FullName, "disk.qcow2"));
            machine.disks.AddRange(saved.Disks.Select(disk => disk.OnOverlay(machine.folder.FullName)));
            foreach ((MachineNetwork network, string address) in saved.Cards)
                machine.ports = machine.ports.Add((network, network.Join(address)));
            machine.RenewFilePort();
            await machine.TakeAsync(await snapshot.RestoreAsync(machine.Assemble(), machine.LogPath, cancellationToken), _ => Task.CompletedTask, cancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    private void AttachConsole()
    {
        if (attachesConsole && ConsoleText() is { Length: > 0 } text)
            ConsoleAttachment.Add(text);
    }
}
