// The hardware of a machine beside its board's: disks, and the picture on its display. Unaware of what runs on it.

using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    // Kernels number disks in the order of the bus, and the board's own must stay the first.
    private const int FirstSlot = 0x10;
    private const int MostDisks = 8;

    private readonly List<AttachedDisk> disks = [];
    private MachineDescription description;

    /// <summary>The device of a disk of <see cref="MachineOptions.Disks"/> or <see cref="AttachDiskAsync(ExtraDisk, CancellationToken)"/> on the machine, e.g. <c>/dev/vdb</c>.</summary>
    /// <exception cref="CommandFailedException">The kernel does not see it.</exception>
    public async Task<string> DiskAsync(string name, CancellationToken cancellationToken = default) =>
        "/dev/" + await ExpectAsync($"for disk in /sys/block/*; do if [ \"$(cat \"$disk/serial\" 2>/dev/null)\" = '{name}' ]; then basename \"$disk\"; exit 0; fi; done; exit 1", cancellationToken: cancellationToken);

    /// <summary>Adds an empty disk: the system is shut down, the disk attached, and the machine switched on again.</summary>
    /// <param name="name">At most 20 letters, digits or dashes.</param>
    /// <param name="size">Bytes, a multiple of 512.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Its device on the machine.</returns>
    /// <exception cref="MachineException">It does not shut down or boot.</exception>
    public Task<string> AttachDiskAsync(string name, long size, CancellationToken cancellationToken = default) => AttachDiskAsync(new ExtraDisk(name, size), cancellationToken);

    /// <summary>Adds a disk, maybe with a folder's content: the system is shut down, the disk attached, and the machine switched on again.</summary>
    /// <returns>Its device on the machine.</returns>
    /// <exception cref="ArgumentException">There can be no such disk; the machine runs on.</exception>
    /// <exception cref="IOException">The folder's content does not fit; the machine runs on.</exception>
    /// <exception cref="MachineException">It does not shut down or boot.</exception>
    public async Task<string> AttachDiskAsync(ExtraDisk disk, CancellationToken cancellationToken = default)
    {
        await AddAsync(disk, cancellationToken);
        if (IsOn)
            await PowerOffAsync(cancellationToken: cancellationToken);
        await PowerOnAsync(cancellationToken);
        return await DiskAsync(disk.Name, cancellationToken);
    }

    /// <summary>The picture on the machine's display as PNG. The board, or <see cref="MachineOptions.Arguments"/>, must have a display device.</summary>
    /// <exception cref="InvalidOperationException">There is no display.</exception>
    public async Task<byte[]> ScreenshotAsync(CancellationToken cancellationToken = default)
    {
        string path = Path.Combine(folder.FullName, "screen.png");
        try
        {
            await Qemu.Qmp!.ScreenshotAsync(path, cancellationToken);
        }
        catch (IOException refusal)
        {
            throw new InvalidOperationException($"The machine has no picture to show: {refusal.Message}; add a display device to its arguments, e.g. `-device`, `bochs-display,romfile=`", refusal);
        }

        return await File.ReadAllBytesAsync(path, cancellationToken);
    }

    private async Task PrepareDisksAsync(CancellationToken cancellationToken)
    {
        description = options.VolatileCache ? OnRecorded(description) : MachineDisk.OnOverlay(description, Path.Combine(folder.FullName, "disk.qcow2"));
        foreach (ExtraDisk disk in options.Disks)
            await AddAsync(disk, cancellationToken);
    }

    private async Task AddAsync(ExtraDisk disk, CancellationToken cancellationToken)
    {
        disk.Check();
        if (disks.Count == MostDisks)
            throw new ArgumentException($"A machine has at most {MostDisks} disks beside its own");
        if (disks.Any(other => other.Name == disk.Name))
            throw new ArgumentException($"The machine has a disk `{disk.Name}` already");
        string image = Path.Combine(folder.FullName, $"{disk.Name}.img");
        if (disk.Folder is null)
        {
            await using FileStream file = File.Create(image);
            file.SetLength(disk.Size);
        }
        else
        {
            await FolderDisk.MakeAsync(description.ToolRoot, disk.Folder, image, disk.Size, cancellationToken);
        }

        disks.Add(new(disk.Name, image, "raw", disk.ReadOnly));
        if (options.VolatileCache && !disk.ReadOnly)
            recorded[disk.Name] = new(image, folder.FullName, disk.Name);
    }

    private MachineDescription Assemble()
    {
        MachineDescription machine = OwnDisk?.Of(description) ?? description;
        return machine with
        {
            Arguments =
            [
                .. machine.Arguments,
                .. disks.SelectMany((disk, index) => disk.Arguments(FirstSlot + index, recorded.GetValueOrDefault(disk.Name))),
                .. NetworkArguments(),
                .. files?.Arguments ?? [],
                .. options.Arguments,
            ],
        };
    }
}
