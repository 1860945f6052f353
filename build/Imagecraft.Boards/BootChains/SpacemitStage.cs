// The block in the first sector by which the ROM of a SpacemiT K1 finds the first stage, and that stage. Unaware of partitions.

using System.Buffers.Binary;
using Imagecraft.Images.Disks;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Sources: SpacemiT's U-Boot, board/spacemit/k1-x/configs/bootinfo_sd.json, fsbl.json and config.mk (https://github.com/BPI-SINOVOIP/pi-u-boot); U-Boot, doc/board/spacemit/k1-mmc.rst.</remarks>
internal static class SpacemitStage
{
    private const int BlockSize = 80, Summed = 64, FirstOffset = 32, SecondOffset = 36, Limit = 40;
    private const uint Magic = 0xb00714f0;

    // Key, header, table of keys, certificate and padding before the program, whose own header comes last.
    private const int ProgramAt = 0x1000, HeaderSize = 32, FirstHeader = 256, SizeInHeader = 8, Signature = 256;
    private const ulong LoadedTo = 0xc0801000;

    /// <summary>Reads the block, and the first stage where that says.</summary>
    /// <param name="bytes">The block.</param>
    /// <param name="disk">Bytes of the disk, from a place on and at most so many.</param>
    /// <param name="findings">Takes problems.</param>
    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, Func<long, long, byte[]> disk, StageFindings findings)
    {
        var block = bytes.Span;
        if (block.Length < BlockSize || Word(block, 0) != Magic)
        {
            findings.Stage($"has no block of SpacemiT's (`f0 14 07 b0`) where the ROM reads it");
            return null;
        }

        if (Crc32.Of(block[..Summed]) != Word(block, Summed))
            findings.Stage($"has another CRC-32 than its block says");
        var (first, limit) = (Word(block, FirstOffset), Word(block, Limit));
        var stage = disk(first, limit);
        if (!At(stage, FirstHeader) || !At(stage, ProgramAt - HeaderSize))
        {
            findings.Stage($"leads to byte {first}, where no first stage begins (headers `AIHD` at its bytes {FirstHeader} and {ProgramAt - HeaderSize})");
            return null;
        }

        var size = BinaryPrimitives.ReadUInt64LittleEndian(stage.AsSpan(ProgramAt - HeaderSize + SizeInHeader));
        if (size == 0 || size > (ulong)Math.Max(0, stage.Length - ProgramAt - Signature))
        {
            findings.Image("fsbl", $"has {size} bytes; the ROM loads {limit} from byte {first} on, header and signature included, of which {stage.Length} are there");
            return null;
        }

        return new(BlockSize, [new("fsbl", stage.AsMemory(ProgramAt, (int)size), LoadedTo, LoadedTo, InstructionSet.Riscv), new("signed", stage.AsMemory(0, ProgramAt + (int)size + Signature))])
        {
            Notes = [FormattableString.Invariant($"first stage at byte {first}, a second copy at {Word(block, SecondOffset)}, room for {limit} bytes")],
        };
    }

    private static bool At(byte[] stage, int offset) => stage.Length >= offset + HeaderSize && stage.AsSpan(offset).StartsWith("AIHD"u8);

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
