// Reads a built disk as a board's firmware would: table, raw content at its places, kernel and device trees in the boot partition. Unaware of how the disk was written.

using System.Buffers.Binary;
using System.Text;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Boards;

/// <summary>What is examined of boards that cannot be booted here, and of all others too.</summary>
/// <remarks>Sources: UEFI specification 2.10, chapter 5; Devicetree specification 0.4, chapter 5.</remarks>
public static class DiskExamination
{
    // Contents begin at multiples of it whatever the disk's own sectors.
    private const int SmallestSector = 512;
    private const int LongestNeedle = 4096;

    /// <summary>All that is not as the board says; none for a good disk. Only GPT disks are examined.</summary>
    /// <param name="board">The board.</param>
    /// <param name="kernelImage">File name of the kernel.</param>
    /// <param name="kernelVersion">Version that an uncompressed kernel names.</param>
    /// <param name="folder">Folder of the image's artifacts.</param>
    public static IReadOnlyList<string> Problems(Board board, string kernelImage, string kernelVersion, string folder)
    {
        using var disk = File.OpenRead(Path.Combine(folder, "disk.img"));
        var problems = new List<string>();
        if (board.PartitionTable?.Value == "mbr")
            return problems;
        var entries = Entries(disk, DiskSize.SectorOf(board), problems);
        foreach (var partition in board.Partitions)
        {
            if (!entries.TryGetValue(partition.Name, out var place))
                problems.Add($"The table has no partition `{partition.Name}`");
            else if (partition.Offset is { } offset && offset.Value != place.First)
                problems.Add($"The partition `{partition.Name}` begins at byte {place.First}, not at {offset.Value}");
            else if (partition.Raw is not null && IsEmpty(disk, place.First))
                problems.Add($"The partition `{partition.Name}` is empty at byte {place.First}, where the ROM reads it");
            else if (!partition.Files.IsEmpty)
                problems.AddRange(partition.Files.Select(f => f.Artifact?.Value).OfType<string>().Where(a => !Holds(disk, place, Path.Combine(folder, a))).Select(a => $"The partition `{partition.Name}` does not hold `{a}`"));
        }

        problems.AddRange(board.Blobs.Where(b => IsEmpty(disk, b.Offset)).Select(b => $"The disk is empty at byte {b.Offset.Value}, where the ROM reads `{b.Name}`"));
        problems.AddRange(board.DeviceTrees.Select(t => t.Name).Where(t => !IsDeviceTree(Path.Combine(folder, t))).Select(t => $"`{t}` is no device tree"));
        // Compressed kernels (bzImage, zImage) do not show it.
        if (kernelImage == "Image" && !Contains(Path.Combine(folder, kernelImage), Encoding.ASCII.GetBytes($"Linux version {kernelVersion}")))
            problems.Add($"`{kernelImage}` is not Linux {kernelVersion}");
        return problems;
    }

    // Name to bytes, last one excluded.
    private static Dictionary<string, (long First, long End)> Entries(FileStream disk, int sector, List<string> problems)
    {
        var found = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        var header = Read(disk, sector, sector);
        if (!header.AsSpan(0, 8).SequenceEqual("EFI PART"u8))
        {
            problems.Add("The second sector is no GPT header");
            return found;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(80));
        var size = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(84));
        var table = Read(disk, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72)) * sector, count * size);
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(i * size, size);
            if (entry[..16].ContainsAnyExcept((byte)0))
                found[Encoding.Unicode.GetString(entry[56..128]).TrimEnd('\0')] = (BinaryPrimitives.ReadInt64LittleEndian(entry[32..]) * sector, (BinaryPrimitives.ReadInt64LittleEndian(entry[40..]) + 1) * sector);
        }

        return found;
    }

    private static bool IsEmpty(FileStream disk, long offset) => !Read(disk, offset, SmallestSector).AsSpan().ContainsAnyExcept((byte)0);

    // Files of a new file system lie in one piece, at the start of a sector.
    private static bool Holds(FileStream disk, (long First, long End) place, string file)
    {
        using var content = File.OpenRead(file);
        var needle = new byte[Math.Min(LongestNeedle, content.Length)];
        content.ReadExactly(needle);
        var buffer = new byte[1 << 20];
        for (var start = place.First; start < place.End; start += buffer.Length - LongestNeedle)
        {
            disk.Position = start;
            var read = disk.ReadAtLeast(buffer.AsSpan(0, (int)Math.Min(buffer.Length, place.End - start)), 1, throwOnEndOfStream: false);
            for (var at = 0; at + needle.Length <= read; at += SmallestSector)
            {
                if (buffer.AsSpan(at, needle.Length).SequenceEqual(needle))
                    return true;
            }
        }

        return false;
    }

    private static bool IsDeviceTree(string file)
    {
        using var content = File.OpenRead(file);
        var header = new byte[8];
        return content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && BinaryPrimitives.ReadUInt32BigEndian(header) == 0xd00dfeed && BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)) == content.Length;
    }

    private static bool Contains(string file, byte[] text) => File.ReadAllBytes(file).AsSpan().IndexOf(text) >= 0;

    private static byte[] Read(FileStream disk, long offset, int count)
    {
        var bytes = new byte[count];
        disk.Position = offset;
        disk.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        return bytes;
    }
}
