// Reads the partitions of a master boot record as firmware does. Unaware of who wrote them and of file systems.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Boards.BootChains;

/// <summary>The table of four primary partitions.</summary>
public static class Mbr
{
    private const int EntriesAt = 446, EntrySize = 16, Entries = 4;

    /// <summary>All partitions, without types of a GPT; none when the disk has no such table.</summary>
    /// <remarks>Source: UEFI specification 2.10, 5.2.1.</remarks>
    public static ImmutableArray<GptEntry> Read(Stream disk)
    {
        var sector = disk.At(0, Gpt.Sector);
        if (sector.Length < Gpt.Sector || sector[510] != 0x55 || sector[511] != 0xaa)
            return [];
        var entries = ImmutableArray.CreateBuilder<GptEntry>();
        for (var i = 0; i < Entries; i++)
        {
            var entry = sector.AsSpan(EntriesAt + (i * EntrySize), EntrySize);
            long first = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), count = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            if (entry[4] != 0 && count > 0)
                entries.Add(new(i + 1, Guid.Empty, new(string.Create(CultureInfo.InvariantCulture, $"number {i + 1}"), first * Gpt.Sector, (first + count) * Gpt.Sector), entry[0] == 0x80));
        }

        return entries.ToImmutable();
    }
}
