// Holds what a board says of QEMU's disk against what it says of its own. Unaware of contents and their sizes.

using System.Numerics;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

static class QemuDiskCheck
{
    /// <summary>Reports a machine's disk that cannot hold the partitions, is no whole sectors, or has sectors of another size.</summary>
    public static bool Check(Board board, Reading reading)
    {
        var before = reading.Problems.Count;
        if (board.Qemu is not { } qemu)
            return true;
        var drive = qemu.Arguments.FirstOrDefault(argument => argument.Value.Contains("$DISK", StringComparison.Ordinal));
        if (DiskSize.SectorOf(board) != 512)
            Sectors(board, qemu, drive, reading);
        if (qemu.DiskSize is { } size)
            Size(board, size, drive is not null && IsSd(drive), reading);
        return reading.Problems.Count == before;
    }

    static void Sectors(Board board, QemuSpec qemu, Sited<string>? drive, Reading reading)
    {
        var sectorSize = DiskSize.SectorOf(board);
        if (drive is null || IsVirtio(drive) || qemu.Arguments.Any(argument => argument.Value.Split(',').Contains($"logical_block_size={sectorSize}")))
            return;
        var why = IsSd(drive) ? "an SD card, whose sectors have 512 bytes" : "a disk whose sectors have 512 bytes";
        reading.Error(Codes.Contradiction, $"QEMU's machine has the disk as {why}, but `sector-size` of board `{board.Name.Value}` is {sectorSize}", drive.Span,
            $"Write `file=$DISK,format=raw,if=virtio`, or `if=none` and a `-device` with `logical_block_size={sectorSize},physical_block_size={sectorSize}`");
    }

    static void Size(Board board, Sited<long> size, bool isSd, Reading reading)
    {
        var least = DiskSize.Least(board, partition => partition.Size?.Value);
        var sectorSize = DiskSize.SectorOf(board);
        if (size.Value < least)
            reading.Error(Codes.Contradiction, $"`disk-size` is {size.Value} bytes, but the disk of board `{board.Name.Value}` has {least} or more by its partitions and blobs, {least - size.Value} too many", size.Span,
                $"Raise it to {(isSd ? (long)BitOperations.RoundUpToPowerOf2((ulong)least) : least)} or more, or give partitions a smaller `size`");
        else if (isSd && !BitOperations.IsPow2(size.Value))
            reading.Error(Codes.WrongFormat, $"`disk-size` is {size.Value} bytes, but QEMU's SD cards have a power of two", size.Span, $"Write {BitOperations.RoundUpToPowerOf2((ulong)size.Value)}");
        else if (size.Value % sectorSize != 0)
            reading.Error(Codes.WrongFormat, $"`disk-size` is {size.Value} bytes, no whole sectors of {sectorSize}", size.Span, $"Write {((size.Value / sectorSize) + 1) * sectorSize}");
    }

    // The one form to which the sectors' size is added.
    static bool IsVirtio(Sited<string> drive) => drive.Value.Split(',') is var options && options.Contains("file=$DISK") && options.Contains("if=virtio");

    static bool IsSd(Sited<string> drive) => drive.Value.Split(',').Contains("if=sd");
}
