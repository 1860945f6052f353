// A machine at one moment, from which others go on. Unaware of test classes.

using System.Collections.Immutable;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;
using Imagecraft.Qemu.Snapshots;

namespace Imagecraft.TestKit;

/// <summary>Made by <see cref="Machine.SaveAsync"/>. Dispose it after the machines that go on from it: their disks lie over its own.</summary>
public sealed class SavedMachine : IAsyncDisposable
{
    private readonly MachineSnapshot snapshot;
    private readonly DirectoryInfo folder;

    internal SavedMachine(MachineOptions options, MachineDescription description, ImmutableArray<AttachedDisk> disks, ImmutableArray<(MachineNetwork, string)> cards, MachineSnapshot snapshot, DirectoryInfo folder)
    {
        (Options, Description, Disks, Cards) = (options, description, disks, cards);
        (this.snapshot, this.folder) = (snapshot, folder);
    }

    internal MachineOptions Options { get; }

    internal MachineDescription Description { get; }

    internal ImmutableArray<AttachedDisk> Disks { get; }

    internal ImmutableArray<(MachineNetwork Network, string Address)> Cards { get; }

    /// <summary>A machine that goes on from the saved moment, with a shell that answers. Several may run at once, and none sees what another does; a power cut boots it from its own disk. On a <see cref="MachineNetwork"/> there is one at a time, as its network card comes with it.</summary>
    /// <exception cref="InvalidOperationException">Another one is on the same network.</exception>
    /// <exception cref="MachineException">QEMU cannot be started, or refuses the state.</exception>
    public Task<Machine> StartAsync(CancellationToken cancellationToken = default) => StartAsync(attachesConsole: false, cancellationToken);

    internal Task<Machine> StartAsync(bool attachesConsole, CancellationToken cancellationToken) => Machine.RestoreAsync(this, snapshot, attachesConsole, cancellationToken);

    /// <summary>Forgets the state.</summary>
    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
