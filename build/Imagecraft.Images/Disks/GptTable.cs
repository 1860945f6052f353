// The bytes of a GUID partition table: protective MBR, both copies of headers and entries. Unaware of contents.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Images.Disks;

/// <summary>A GUID partition table in sectors of either size.</summary>
/// <remarks>Source: UEFI specification 2.10, chapter 5.</remarks>
public static class GptTable
{
    private const int HeaderSize = 92;

    /// <summary>Entries of the partition table, the least that UEFI allows.</summary>
    public const int EntryCount = 128;

    /// <summary>Bytes of an entry.</summary>
    public const int EntrySize = 128;

    /// <summary>Sectors of one copy of the entries.</summary>
    public static int TableSectors(int sectorSize) => EntryCount * EntrySize / sectorSize;

    /// <summary>First sector that a partition may use.</summary>
    public static long FirstUsable(int sectorSize) => 2 + TableSectors(sectorSize);

    /// <summary>Both copies of the table and the protective MBR: sectors with the bytes that start there.</summary>
    internal static IEnumerable<(long Sector, byte[] Bytes)> Sectors(DiskLayout layout)
    {
        byte[] entries = Entries(layout);
        uint entriesCrc = Crc32.Of(entries);
        long lastSector = layout.Sectors - 1;
        long backupTable = lastSector - TableSectors(layout.SectorSize);
        yield return (0, ProtectiveMbr(layout));
        yield return (1, Header(layout, own: 1, other: lastSector, table: 2, entriesCrc));
        yield return (2, entries);
        yield return (backupTable, entries);
        yield return (lastSector, Header(layout, own: lastSector, other: 1, table: backupTable, entriesCrc));
    }

    private static byte[] ProtectiveMbr(DiskLayout layout)
    {
        byte[] sector = new byte[layout.SectorSize];
        Span<byte> record = sector.AsSpan(446, 16);
        // CHS of LBA 1, then the highest CHS there is.
        ReadOnlySpan<byte> fields = [0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff];
        fields.CopyTo(record);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)Math.Min(layout.Sectors - 1, uint.MaxValue));
        sector[510] = 0x55;
        sector[511] = 0xaa;
        return sector;
    }

    private static byte[] Header(DiskLayout layout, long own, long other, long table, uint entriesCrc)
    {
        byte[] sector = new byte[layout.SectorSize];
        Span<byte> header = sector.AsSpan(0, HeaderSize);
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x00010000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], own);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], other);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], FirstUsable(layout.SectorSize));
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], layout.Sectors - TableSectors(layout.SectorSize) - 2);
        layout.Id.TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[72..], table);
        BinaryPrimitives.WriteInt32LittleEndian(header[80..], EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[84..], EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], entriesCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Of(header));
        return sector;
    }

    private static byte[] Entries(DiskLayout layout)
    {
        byte[] entries = new byte[EntryCount * EntrySize];
        for (int index = 0; index < layout.Partitions.Length; index++)
        {
            PlacedPartition placed = layout.Partitions[index];
            Span<byte> entry = entries.AsSpan(index * EntrySize, EntrySize);
            placed.Partition.Type.Gpt!.Value.TryWriteBytes(entry);
            placed.Id.TryWriteBytes(entry[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], placed.FirstSector);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], placed.LastSector);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[48..], (ulong)placed.Partition.Attributes);
            Encoding.Unicode.GetBytes(placed.Partition.Name, entry[56..]);
        }

        return entries;
    }
}
