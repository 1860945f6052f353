// The bytes of a master boot record. Unaware of contents.

using System.Buffers.Binary;

namespace Imagecraft.Images.Disks;

/// <summary>A master boot record with four primary partitions and without boot code.</summary>
/// <remarks>Source: UEFI specification 2.10, section 5.2.1 (legacy MBR). Sectors are given as LBA; the fields for cylinder, head and sector say that they are beyond their range.</remarks>
public static class MbrTable
{
    /// <summary>Primary partitions there can be.</summary>
    public const int EntryCount = 4;

    /// <summary>Bytes at its beginning that are for code of a PC's firmware; a boot ROM may read what it wants there.</summary>
    public const int CodeSize = 440;

    private const int SignatureOffset = CodeSize;
    private const int EntriesOffset = 446;
    private const int EntrySize = 16;

    /// <summary>The one sector.</summary>
    /// <exception cref="ImageInputException">A partition ends beyond 2 TiB (with sectors of 4096 bytes: 16 TiB).</exception>
    internal static IEnumerable<(long Sector, byte[] Bytes)> Sectors(DiskLayout layout)
    {
        byte[] sector = new byte[layout.SectorSize];
        Span<byte> id = stackalloc byte[16];
        layout.Id.TryWriteBytes(id);
        id[..4].CopyTo(sector.AsSpan(SignatureOffset));
        for (int index = 0; index < layout.Partitions.Length; index++)
        {
            PlacedPartition placed = layout.Partitions[index];
            if (placed.LastSector > uint.MaxValue)
                throw new ImageInputException($"Partition `{placed.Partition.Name}` ends at sector {placed.LastSector}, beyond the {uint.MaxValue} that an MBR can say; use `partition-table: gpt`");
            Span<byte> entry = sector.AsSpan(EntriesOffset + (index * EntrySize), EntrySize);
            ReadOnlySpan<byte> beyond = [0xfe, 0xff, 0xff];
            entry[0] = placed.Partition.Attributes.HasFlag(PartitionAttributes.Bootable) ? (byte)0x80 : (byte)0;
            beyond.CopyTo(entry[1..]);
            entry[4] = placed.Partition.Type.Mbr!.Value;
            beyond.CopyTo(entry[5..]);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)placed.FirstSector);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)(placed.LastSector - placed.FirstSector + 1));
        }

        sector[510] = 0x55;
        sector[511] = 0xaa;
        return [(0, sector)];
    }
}
