// Reads the partitions of a GPT as firmware does. Unaware of who wrote them and of file systems.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Imagecraft.Boards.BootChains;

/// <summary>A partition on a disk.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Type">What it is for.</param>
/// <param name="Range">Its name and place.</param>
/// <param name="IsBootable">Whether it is marked for loaders that go by the mark.</param>
public sealed record GptEntry(int Number, Guid Type, DiskRange Range, bool IsBootable = false);

/// <summary>The primary table.</summary>
public static class Gpt
{
    /// <summary>Bytes of a sector.</summary>
    public const int Sector = 512;

    /// <summary>Type of the partition that UEFI starts from.</summary>
    public static readonly Guid EfiSystem = new("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");

    private const int MostEntries = 1024;
    private const int EntrySize = 128;

    /// <summary>All partitions; none when the disk has no such table.</summary>
    /// <remarks>Source: UEFI specification 2.10, 5.3.</remarks>
    public static ImmutableArray<GptEntry> Read(Stream disk)
    {
        var header = disk.At(Sector, Sector);
        if (header.Length < Sector || !header.AsSpan().StartsWith("EFI PART"u8))
            return [];
        var count = Math.Min(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(80)), MostEntries);
        var size = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(84));
        if (count <= 0 || size is < EntrySize or > Sector)
            return [];
        var table = disk.At(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72)) * Sector, count * size);
        var entries = ImmutableArray.CreateBuilder<GptEntry>();
        for (var i = 0; (i + 1) * size <= table.Length; i++)
        {
            var entry = table.AsSpan(i * size, size);
            if (!entry[..16].ContainsAnyExcept((byte)0))
                continue;
            var (first, last) = (BinaryPrimitives.ReadInt64LittleEndian(entry[32..]), BinaryPrimitives.ReadInt64LittleEndian(entry[40..]));
            entries.Add(new(i + 1, new Guid(entry[..16]), new(Encoding.Unicode.GetString(entry[56..EntrySize]).TrimEnd('\0'), first * Sector, (last + 1) * Sector), (entry[48] & 4) != 0));
        }

        return entries.ToImmutable();
    }

    /// <summary>Bytes of a disk; fewer where it ends.</summary>
    internal static byte[] At(this Stream disk, long offset, long count)
    {
        if (offset < 0 || offset >= disk.Length)
            return [];
        var bytes = new byte[Math.Min(count, disk.Length - offset)];
        disk.Position = offset;
        disk.ReadExactly(bytes);
        return bytes;
    }
}
