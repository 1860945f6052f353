// Tells whether bytes can be where a CPU begins. Unaware of boards.

using System.Buffers.Binary;
using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.BootChains;

/// <summary>Looks at an image's first bytes as the CPU does that jumps there.</summary>
public static class FirstInstruction
{
    private static readonly (byte[] Magic, string Words)[] Formats =
    [
        ([0x7f, (byte)'E', (byte)'L', (byte)'F'], "an ELF file, whose code lies further behind; plain code is needed (`objcopy -O binary`, e.g. bl31.bin for bl31.elf)"),
        ([0xd0, 0x0d, 0xfe, 0xed], "a device tree or FIT image"),
        ([0x1f, 0x8b], "a file that gzip has packed"),
        ([0x27, 0x05, 0x19, 0x56], "an image with U-Boot's old header"),
        ([0x01, 0x00, 0x64, 0xaa], "a firmware image package (FIP) of TF-A"),
    ];

    /// <summary>Why the CPU cannot begin with these bytes; null when it can.</summary>
    /// <remarks>Sources: Arm Architecture Reference Manual (DDI 0487), C4.1: bits 28 to 25; RISC-V unprivileged specification, 1.5: lengths of instructions.</remarks>
    public static string? Problem(ReadOnlySpan<byte> code, InstructionSet set)
    {
        if (code.Length < 4)
            return "ends before its first instruction";
        var shown = $"begins with `{Convert.ToHexStringLower(code[..4])}`";
        foreach (var (magic, words) in Formats)
        {
            if (code.StartsWith(magic))
                return $"{shown}, {words}";
        }

        var word = BinaryPrimitives.ReadUInt32LittleEndian(code);
        if (word is 0 or uint.MaxValue)
            return $"{shown}, which is empty";
        return IsInstruction(word, set) ? null : $"{shown}, which is no instruction of {(set == InstructionSet.Arm64 ? "64-bit Arm" : "RISC-V")}";
    }

    /// <summary>Whether code has this address as a constant: as a word of its own, or within instructions that load it.</summary>
    /// <remarks>Source: Arm Architecture Reference Manual, C6.2: MOVZ and MOVK of 16 bits each. A RISC-V program has it as a word only.</remarks>
    public static bool Names(ReadOnlySpan<byte> code, ulong address)
    {
        var (low, high) = ((uint)address & 0xffff, (uint)(address >> 16) & 0xffff);
        for (var i = 0; i + 4 <= code.Length; i += 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(code[i..]);
            if (word == (uint)address || (IsMove(word, 0x52a00000, high) && (low == 0 || Follows(code[i..], 0x72800000, low))) || (low != 0 && IsMove(word, 0x52800000, low) && Follows(code[i..], 0x72a00000, high)))
                return true;
        }

        return false;
    }

    private static bool IsInstruction(uint word, InstructionSet set) => set switch
    {
        InstructionSet.Arm64 => ((word >> 25) & 0xf) is not (0 or 1 or 3),
        _ => (ushort)word != 0 && (word & 0x1f) != 0x1f,
    };

    // Of 32 or 64 bits, into any register.
    private static bool IsMove(uint word, uint operation, uint value) => (word & 0x7fffffe0) == (operation | (value << 5));

    // A compiler may put other instructions between.
    private static bool Follows(ReadOnlySpan<byte> code, uint operation, uint value)
    {
        for (var i = 4; i + 4 <= code.Length && i <= 32; i += 4)
        {
            if (IsMove(BinaryPrimitives.ReadUInt32LittleEndian(code[i..]), operation, value))
                return true;
        }

        return false;
    }
}
