// A program for QEMU's arm64 machine `virt` that needs no kernel. Unaware of consoles.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Qemu.Tests;

/// <summary>Prints a text on the serial port; then it powers the machine off, or waits forever.</summary>
internal static class BareMetal
{
    public static byte[] Program(string text, bool powerOff)
    {
        uint[] instructions =
        [
            0x10000120, // adr x0, text
            0xd2a12001, // mov x1, #0x09000000     the PL011's data register
            0x38401402, // ldrb w2, [x0], #1
            0x34000062, // cbz w2, 1f
            0x39000022, // strb w2, [x1]
            0x17fffffd, // b -3
            0x52800100, // 1: mov w0, #0x0008
            0x72b08000, // movk w0, #0x8400, lsl #16   PSCI SYSTEM_OFF
            powerOff ? 0xd4000002 : 0x14000000, // hvc #0, or b .
        ];
        byte[] code = new byte[instructions.Length * 4];
        for (int index = 0; index < instructions.Length; index++)
            BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(index * 4), instructions[index]);
        return [.. code, .. Encoding.ASCII.GetBytes(text), 0];
    }
}
