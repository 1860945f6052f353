// Finds out while planning that a kernel would look for its root in vain. Unaware of how disks are made.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Booting;

/// <summary>Holds what the kernel is told against the disk that it finds.</summary>
internal sealed class RootCheck
{
    private readonly PlanContext _context;
    private readonly Board _board;
    private readonly ImmutableArray<RootPartition> _partitions;

    private RootCheck(PlanContext context, Board board, Image image) =>
        (_context, _board, _partitions) = (context, board, RootPartition.Of(board, image));

    private bool IsMbr => _board.PartitionTable?.Value == "mbr";

    private RootPartition? Main => _partitions.FirstOrDefault(p => p.IsMeant);

    /// <summary>Notes what cannot be right. A board without a disk, and one that starts from memory, find their root otherwise.</summary>
    public static void Run(PlanContext context, Board board, Image image)
    {
        var lines = KernelLine.Of(board, image);
        if (board.Partitions.IsEmpty && lines.Select(line => line.Value("root")).FirstOrDefault(root => root?.Value == MakeCommandLineRequest.Placeholder) is { } asked)
            context.Error("IC0382", $"`root={asked}` stands for a partition, but board `{board.Name}` has none", asked.Span, $"Name the device that the root file system is on{Initramfs.Hint}");
        if (board.Partitions.IsEmpty || Initramfs.IsUsed(board, image, lines))
            return;
        var check = new RootCheck(context, board, image);
        if (check.Main is not null)
            foreach (var line in lines)
                check.Check(line);
        else if (!RootPartition.IsApart(board, image) && !lines.Any(line => line.Value("root") is { } root && check.LeadsElsewhere(RootName.Of(root))))
            context.Error("IC0380", $"The disk of board `{board.Name}` has no root file system", board.Partitions[0].Name.Span, $"Give a partition `content: rootfs`, let it come as a file for another disk (`formats: [ rootfs.ext4 ]`) or for memory (`formats: [ rootfs.cpio.gz ]`, without `root=`){Initramfs.Hint}");
    }

    /// <summary>To another disk or medium, or to a partition of content that nobody here knows.</summary>
    private bool LeadsElsewhere(RootName name) => name switch
    {
        RootName.Elsewhere or RootName.PartitionId or RootName.Device { IsFirst: false } => true,
        RootName.Label label => _partitions.Any(p => p.Label == label.Name && p.Without is null),
        RootName.Device device => _partitions.Any(p => p.Number == device.Partition && p.Without is null),
        _ => false,
    };

    private void Check(KernelLine line)
    {
        if (line.Value("root") is not { } root)
        {
            if (line.IsWhole)
                _context.Error("IC0381", $"Nothing tells the kernel of board `{_board.Name}` where its root is", _board.CommandLine.Span, Remedy() + Initramfs.Hint);
            return;
        }

        var partition = RootName.Of(root) switch
        {
            RootName.Own when Main is { Format: null } main => Refuse($"needs a root file system that is made here, but partition `{main.Label}` holds something else"),
            RootName.Own => Main,
            RootName.Label when IsMbr => Refuse("names a partition by its label, but the partitions of an MBR have none"),
            RootName.Label label => _partitions.FirstOrDefault(p => p.Label == label.Name) ?? Refuse($"names no partition of board `{_board.Name}`"),
            RootName.PartitionId => Refuse("cannot be known beforehand: the identifiers of the disk follow from its content"),
            RootName.NeedsPrograms name => Refuse($"means nothing to a kernel alone: only an initramfs knows `{name.Way}`", Initramfs.Hint),
            RootName.NoDevice => Refuse("is no name that the kernel gives to a disk or partition"),
            RootName.Device device when line.IsOfQemu && QemuDisk.Of(_board) is { } disk && !disk.IsMatch(device.Disk) => Refuse($"is not the disk: QEMU's machine has it as `{disk.Name}`"),
            RootName.Device { IsFirst: false } when !line.IsOfQemu || QemuDisk.Of(_board) is null => null,
            RootName.Device { Partition: null } => Refuse("is the whole disk, which begins with its partition table"),
            RootName.Device device => _partitions.FirstOrDefault(p => p.Number == device.Partition) ?? Refuse($"names no partition of board `{_board.Name}`"),
            _ => null,
        };
        if (partition?.Without is { } why)
            Refuse($"is partition `{partition.Label}`, which {why}");
        else if (partition?.Format is { } format && line.Value("rootfstype") is { } type && !type.Value.Split(',').Contains(format))
            _context.Error("IC0383", $"`rootfstype={type}` contradicts partition `{partition.Label}`, whose root file system is {format}", type.Span, $"Write `rootfstype={format}`, or leave it out");

        RootPartition? Refuse(string what, string more = "")
        {
            _context.Error("IC0382", $"`root={root}` {what}", root.Span, Remedy() + more);
            return null;
        }
    }

    private string Remedy()
    {
        var known = string.Join(", ", _partitions.Select(p => $"{p.Number} `{p.Label}`"));
        var remedy = Main!.Format is not null ? $"Write `root={MakeCommandLineRequest.Placeholder}`" : IsMbr ? $"Name the device of partition {Main.Number}" : $"Write `root=PARTLABEL={Main.Label}`";
        return $"{remedy}; the partitions are [ {known} ]";
    }
}
