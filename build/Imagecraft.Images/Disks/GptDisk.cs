// Writes a planned disk: protective MBR, both copies of the partition table, contents. Unaware of how it was planned.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Images.Disks;

/// <summary>Encodes and writes a GUID partition table with 512-byte sectors.</summary>
/// <remarks>Source: UEFI specification 2.10, chapter 5.</remarks>
public static class GptDisk
{
    private const int HeaderSize = 92;

    /// <summary>Writes the disk. Blocks of zeros are skipped, so a file becomes sparse.</summary>
    /// <param name="layout">What to write.</param>
    /// <param name="output">An empty, seekable stream.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ImageInputException">A content does not have its declared size.</exception>
    public static async Task WriteAsync(GptLayout layout, Stream output, CancellationToken cancellationToken)
    {
        output.SetLength(layout.SizeBytes);
        byte[] entries = Entries(layout);
        uint entriesCrc = Crc32.Of(entries);
        long lastSector = layout.Sectors - 1;
        long backupTable = lastSector - GptLayout.TableSectors;

        await AtAsync(0, ProtectiveMbr(layout));
        await AtAsync(1, Header(layout, own: 1, other: lastSector, table: 2, entriesCrc));
        await AtAsync(2, entries);
        foreach (PlacedPartition placed in layout.Partitions)
            if (placed.Partition.Content is { } content)
                await SparseCopy.CopyAsync($"partition `{placed.Partition.Name}`", content, output, placed.FirstSector * GptLayout.SectorSize, cancellationToken);
        await AtAsync(backupTable, entries);
        await AtAsync(lastSector, Header(layout, own: lastSector, other: 1, table: backupTable, entriesCrc));

        async Task AtAsync(long sector, byte[] bytes)
        {
            output.Position = sector * GptLayout.SectorSize;
            await output.WriteAsync(bytes, cancellationToken);
        }
    }

    private static byte[] ProtectiveMbr(GptLayout layout)
    {
        byte[] sector = new byte[GptLayout.SectorSize];
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

    private static byte[] Header(GptLayout layout, long own, long other, long table, uint entriesCrc)
    {
        byte[] sector = new byte[GptLayout.SectorSize];
        Span<byte> header = sector.AsSpan(0, HeaderSize);
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x00010000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], own);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], other);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], GptLayout.FirstUsable);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], layout.LastUsable);
        layout.Id.TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[72..], table);
        BinaryPrimitives.WriteInt32LittleEndian(header[80..], GptLayout.EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[84..], GptLayout.EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], entriesCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Of(header));
        return sector;
    }

    private static byte[] Entries(GptLayout layout)
    {
        byte[] entries = new byte[GptLayout.EntryCount * GptLayout.EntrySize];
        for (int index = 0; index < layout.Partitions.Length; index++)
        {
            PlacedPartition placed = layout.Partitions[index];
            Span<byte> entry = entries.AsSpan(index * GptLayout.EntrySize, GptLayout.EntrySize);
            placed.Partition.Type.TryWriteBytes(entry);
            placed.Id.TryWriteBytes(entry[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], placed.FirstSector);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], placed.LastSector);
            Encoding.Unicode.GetBytes(placed.Partition.Name, entry[56..]);
        }

        return entries;
    }
}
