// The block that Rockchip's ROM reads from sector 64 on: memory training and SPL. Unaware of disks.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Source: U-Boot, tools/rkcommon.c: header of version 2 (RK3568, RK3588 and later).</remarks>
internal static class RockchipStage
{
    private const int Sector = 512, HeaderSize = 2048, HashOffset = 1536, FirstEntry = 120, EntrySize = 88, EntryHash = 24;
    private const uint Sha256 = 1;
    private static readonly string[] Names = ["tpl", "spl"];

    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings)
    {
        var head = bytes.Span;
        if (head.Length < HeaderSize || !head.StartsWith("RKNS"u8))
        {
            findings.Stage($"has no header `RKNS` where the ROM reads it");
            return null;
        }

        var count = (int)(BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) >> 16);
        var isHashed = (BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) & 0xf) == Sha256;
        if (isHashed && !SHA256.HashData(head[..HashOffset]).AsSpan().SequenceEqual(head.Slice(HashOffset, 32)))
            findings.Stage($"has a header whose SHA-256 is wrong");
        var images = ImmutableArray.CreateBuilder<FoundImage>();
        long end = HeaderSize;
        for (var i = 0; i < Math.Min(count, Names.Length); i++)
        {
            var entry = head[(FirstEntry + (i * EntrySize))..];
            var place = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var (offset, size) = ((place & 0xffff) * Sector, (place >> 16) * Sector);
            end = Math.Max(end, offset + size);
            if (offset + size > bytes.Length)
            {
                findings.Image(Names[i], $"is cut: it ends at byte {offset + size}, its place at {bytes.Length}");
                continue;
            }

            var data = bytes.Slice((int)offset, (int)size);
            if (isHashed && !SHA256.HashData(data.Span).AsSpan().SequenceEqual(entry.Slice(EntryHash, 32)))
                findings.Image(Names[i], $"has another SHA-256 than the header says");
            images.Add(new(Names[i], data));
        }

        if (count < Names.Length)
            findings.Stage($"has {count} images; memory training and SPL are two");
        return new(end, images.ToImmutable());
    }
}
