// The header that the JH7110's ROM reads before SPL. Unaware of disks.

using System.Buffers.Binary;
using Imagecraft.Images.Disks;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Source: U-Boot, tools/sfspl.c.</remarks>
internal static class StarfiveStage
{
    private const int HeaderSize = 0x400, Version = 0x284, FileSize = 0x288, OwnSize = 0x28c, Checksum = 0x290;

    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings)
    {
        var head = bytes.Span;
        if (head.Length < HeaderSize || Word(head, 0) != 0x240 || Word(head, Version) != 0x01010101)
        {
            findings.Stage($"has no header of StarFive's (offset 0x240, version 0x01010101) where the ROM reads it");
            return null;
        }

        var (skip, size) = (Word(head, OwnSize), Word(head, FileSize));
        if (skip < HeaderSize || skip + (long)size > bytes.Length)
        {
            findings.Stage($"is cut: a header of {skip} bytes and a program of {size}, where there is room for {bytes.Length}");
            return null;
        }

        var code = bytes.Slice((int)skip, (int)size);
        if (Crc32.Of(code.Span) != Word(head, Checksum))
            findings.Image("spl", $"has another CRC-32 than the header says");
        return new(skip + size, [new("spl", code)]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
