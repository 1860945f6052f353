// The hardware of a machine beside its board's: disks, a cable, the picture on its display. Unaware of what runs on it.

using System.Globalization;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    private const int LongestSerial = 20;

    // Kernels number disks in the order of the bus, and the board's own must stay the first.
    private const int FirstSlot = 0x10;
    private const int MostDisks = 8;

    private readonly List<ExtraDisk> disks = [];
    private readonly LinkEnd? link;
    private MachineDescription description;

    /// <summary>The device of a disk of <see cref="MachineOptions.Disks"/> or <see cref="AttachDiskAsync"/> on the machine, e.g. <c>/dev/vdb</c>.</summary>
    /// <exception cref="CommandFailedException">The kernel does not see it.</exception>
    public async Task<string> DiskAsync(string name, CancellationToken cancellationToken = default) =>
        "/dev/" + await ExpectAsync($"for disk in /sys/block/*; do if [ \"$(cat \"$disk/serial\" 2>/dev/null)\" = '{name}' ]; then basename \"$disk\"; exit 0; fi; done; exit 1", cancellationToken: cancellationToken);

    /// <summary>Adds an empty disk: the system is shut down, the disk attached, and the machine switched on again.</summary>
    /// <param name="name">At most 20 letters, digits or dashes.</param>
    /// <param name="size">Bytes, a multiple of 512.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Its device on the machine.</returns>
    /// <exception cref="MachineException">It does not shut down or boot.</exception>
    public async Task<string> AttachDiskAsync(string name, long size, CancellationToken cancellationToken = default)
    {
        Add(new(name, size));
        if (IsOn)
            await PowerOffAsync(cancellationToken: cancellationToken);
        await PowerOnAsync(cancellationToken);
        return await DiskAsync(name, cancellationToken);
    }

    /// <summary>Gives the machine's end of its <see cref="MachineOptions.Link"/> an address and brings it up.</summary>
    /// <param name="address">With the length of its prefix, e.g. <c>192.0.2.1/24</c>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The interface's name on the machine.</returns>
    /// <exception cref="InvalidOperationException">The machine has no link.</exception>
    /// <exception cref="CommandFailedException">The kernel does not see the interface, or refuses the address.</exception>
    public async Task<string> ConfigureLinkAsync(string address, CancellationToken cancellationToken = default)
    {
        if (link is null)
            throw new InvalidOperationException("The machine has no link; start it with `MachineOptions.Link`");
        string name = await ExpectAsync($"for net in /sys/class/net/*; do if [ \"$(cat \"$net/address\")\" = {link.Address} ]; then basename \"$net\"; exit 0; fi; done; exit 1", cancellationToken: cancellationToken);
        await ExpectAsync($"ip address add {address} dev {name} && ip link set {name} up", cancellationToken: cancellationToken);
        return name;
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

    private void PrepareDisks()
    {
        description = MachineDisk.OnOverlay(description, Path.Combine(folder.FullName, "disk.qcow2"));
        foreach (ExtraDisk disk in options.Disks)
            Add(disk);
    }

    private void Add(ExtraDisk disk)
    {
        if (disk.Name.Length is 0 or > LongestSerial || !disk.Name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            throw new ArgumentException($"A disk's name has 1 to {LongestSerial} letters, digits or dashes, not `{disk.Name}`");
        if (disk.Size <= 0 || disk.Size % 512 != 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Disk `{disk.Name}` must have a multiple of 512 bytes, not {disk.Size}"));
        if (disks.Count == MostDisks)
            throw new ArgumentException($"A machine has at most {MostDisks} disks beside its own");
        if (disks.Any(other => other.Name == disk.Name))
            throw new ArgumentException($"The machine has a disk `{disk.Name}` already");
        using FileStream file = File.Create(PathOf(disk));
        file.SetLength(disk.Size);
        disks.Add(disk);
    }

    private string PathOf(ExtraDisk disk) => Path.Combine(folder.FullName, $"{disk.Name}.img");

    private MachineDescription Assemble() => description with
    {
        Arguments =
        [
            .. description.Arguments,
            .. disks.SelectMany((disk, index) => (string[])["-drive", $"file={PathOf(disk).Replace(",", ",,", StringComparison.Ordinal)},format=raw,if=none,id=ic-{disk.Name}", "-device", $"virtio-blk-pci,drive=ic-{disk.Name},serial={disk.Name},addr={FirstSlot + index:x}"]),
            .. link?.Arguments ?? [],
            .. options.Arguments,
        ],
    };
}
