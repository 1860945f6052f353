// The header of version 2 that the ROM of an STM32MP2 reads before TF-A's BL2. Unaware of disks.

using System.Buffers.Binary;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Sources: TF-A, tools/stm32image/stm32image.c and plat/st/stm32mp2/include/boot_api.h; ST, "STM32 header for binary files" (https://wiki.st.com/stm32mpu/wiki/STM32_header_for_binary_files).</remarks>
internal static class Stm32Stage
{
    private const int OwnSize = 128, Checksum = 68, Version = 72, Length = 76, EntryAt = 80, LoadAt = 88, ExtensionsLength = 104;
    private const byte Major = 2;

    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings)
    {
        var head = bytes.Span;
        if (head.Length < OwnSize || !head.StartsWith("STM2"u8))
        {
            findings.Stage($"has no header `STM2` where the ROM reads it");
            return null;
        }

        if (head[Version + 2] != Major)
        {
            findings.Stage($"has a header of version {head[Version + 2]}.{head[Version + 1]}; the ROM of an STM32MP2 reads version 2");
            return null;
        }

        long skip = OwnSize + (long)Word(head, ExtensionsLength), size = Word(head, Length);
        if (size == 0 || skip + size > bytes.Length)
        {
            findings.Stage($"is cut: a header of {skip} bytes and a program of {size}, where there is room for {bytes.Length}");
            return null;
        }

        var code = bytes.Slice((int)skip, (int)size);
        uint sum = 0;
        foreach (var value in code.Span)
            sum += value;
        if (sum != Word(head, Checksum))
            findings.Image("bl2", $"has another sum of bytes (0x{sum:x}) than the header says (0x{Word(head, Checksum):x})");
        return new(skip + size, [new("bl2", code, Word(head, LoadAt), Word(head, EntryAt)), new("with its header, to the end", bytes)]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
