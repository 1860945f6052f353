// What is read of ELF files, those of this machine included, and that no garbage leads out of them.

using System.Buffers.Binary;
using Imagecraft.Images.Programs;

namespace Imagecraft.Images.Tests;

public class ElfProgramTests
{
    private const uint Dynamic = 2, Interpreter = 3, Note = 4, Stack = 0x6474e551, Relro = 0x6474e552;

    [Fact]
    public void A_hardened_program_is_told()
    {
        var program = ElfProgram.Read(Elf(3, 183, (Interpreter, 4, "/lib/ld\0"u8.ToArray()), (Dynamic, 6, Table((30, 8), (0x6ffffffb, 0x08000001))), (Relro, 4, []), (Stack, 6, []), (Note, 4, Property(0xc0000000, 3))))!;
        Assert.Equal((183, false, true, true, true, false, true), (program.Machine, program.IsFixed, program.IsDynamic, program.HasRelro, program.BindsNow, program.HasExecutableStack, program.RefusesStrayJumps));
    }

    [Fact]
    public void A_soft_program_is_told()
    {
        var program = ElfProgram.Read(Elf(2, 62, (Interpreter, 4, "/lib/ld\0"u8.ToArray()), (Dynamic, 6, Table((1, 1))), (Stack, 7, []), (Note, 4, Property(0xc0000002, 1))))!;
        Assert.Equal((62, true, true, false, false, true, false), (program.Machine, program.IsFixed, program.IsDynamic, program.HasRelro, program.BindsNow, program.HasExecutableStack, program.RefusesStrayJumps));
    }

    [Theory]
    [InlineData(24ul, 0ul)]                 // DT_BIND_NOW
    [InlineData(30ul, 8ul)]                 // DF_BIND_NOW
    [InlineData(0x6ffffffbul, 1ul)]         // DF_1_NOW
    public void Each_way_to_bind_early_counts(ulong tag, ulong value) => Assert.True(ElfProgram.Read(Elf(3, 62, (Dynamic, 6, Table((tag, value)))))!.BindsNow);

    [Fact]
    public void A_static_program_has_nothing_that_a_loader_fills_in() => Assert.False(ElfProgram.Read(Elf(2, 62))!.IsDynamic);

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\n")]
    [InlineData("\u007fELF")]
    public void What_is_no_program_is_none(string text) => Assert.Null(ElfProgram.Read(System.Text.Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void An_object_that_is_yet_to_be_linked_is_none() => Assert.Null(ElfProgram.Read(Elf(1, 62)));

    [Fact]
    public void Programs_of_this_machine_are_read()
    {
        var program = ElfProgram.Read(File.ReadAllBytes("/proc/self/exe"))!;
        Assert.True(program.IsDynamic);
        Assert.True(File.Exists(program.Loader), program.Loader);
        Assert.Matches("^[0-9a-f]{8,}$", program.BuildId);
        Assert.False(program.HasExecutableStack);
    }

    [Fact]
    public void No_distorted_file_is_read_beyond_its_end()
    {
        var whole = Elf(3, 62, (Interpreter, 4, "/lib/ld\0"u8.ToArray()), (Dynamic, 6, Table((30, 8))), (Note, 4, Property(0xc0000002, 3)));
        var random = new Random(4711);
        for (var round = 0; round < 20_000; round++)
        {
            var file = whole[..random.Next(whole.Length + 1)];
            for (var hits = random.Next(6); hits > 0 && file.Length > 0; hits--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            ElfProgram.Read(file);
        }
    }

    private static byte[] Table(params (ulong Tag, ulong Value)[] entries)
    {
        var table = new byte[(entries.Length + 1) * 16];
        for (var i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(i * 16), entries[i].Tag);
            BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan((i * 16) + 8), entries[i].Value);
        }

        return table;
    }

    // A build-id before it, as linkers write them.
    private static byte[] Property(uint kind, uint features)
    {
        var note = new byte[36 + 32];
        Words(note, 4, 20, 3, 0x554e47);
        Words(note.AsSpan(36), 4, 16, 5, 0x554e47, kind, 4, features, 0);
        return note;
    }

    private static void Words(Span<byte> into, params ReadOnlySpan<uint> words)
    {
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(into[(i * 4)..], words[i]);
    }

    private static byte[] Elf(ushort type, ushort machine, params (uint Kind, uint Flags, byte[] Content)[] segments)
    {
        var start = 64 + (segments.Length * 56);
        var file = new byte[start + segments.Sum(s => s.Content.Length)];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), type);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), (ushort)segments.Length);
        var at = start;
        for (var i = 0; i < segments.Length; i++)
        {
            var header = file.AsSpan(64 + (i * 56));
            Words(header, segments[i].Kind, segments[i].Flags);
            BinaryPrimitives.WriteUInt64LittleEndian(header[8..], (ulong)at);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)segments[i].Content.Length);
            segments[i].Content.CopyTo(file, at);
            at += segments[i].Content.Length;
        }

        return file;
    }
}
