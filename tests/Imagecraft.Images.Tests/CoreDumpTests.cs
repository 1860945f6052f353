// What is read of core dumps, and that no garbage leads out of them.

using System.Buffers.Binary;
using System.Text;
using Imagecraft.Images.Programs;

namespace Imagecraft.Images.Tests;

public class CoreDumpTests
{
    private const ulong ProgramAt = 0x5500000000, LibraryAt = 0x7f00000000;

    [Fact]
    public void Program_build_command_and_signal_are_told()
    {
        var core = CoreDump.Read(new MemoryStream(Dump()));
        Assert.Equal(new CoreDump(183, "/usr/bin/greeter", "0123456789abcdef", "greeter crash", 11), core);
    }

    [Fact]
    public void A_dump_without_pages_and_names_tells_what_it_has()
    {
        var core = CoreDump.Read(new MemoryStream(Dump(hasFiles: false)));
        Assert.Equal(new CoreDump(183, null, null, "greeter crash", 11), core);
    }

    [Theory]
    [InlineData("", "it is shorter than a header")]
    [InlineData("garbage", "it is shorter than a header")]
    [InlineData("this is a text that is longer than a header of an ELF file, which has sixty-four bytes", "it is no ELF file")]
    public void What_is_no_dump_is_told(string text, string why) => Assert.Equal(why, Assert.Throws<FormatException>(() => CoreDump.Read(new MemoryStream(Encoding.ASCII.GetBytes(text)))).Message);

    [Fact]
    public void A_program_is_no_dump()
    {
        using var program = File.OpenRead("/proc/self/exe");
        Assert.Equal("it is an ELF file, and no core dump", Assert.Throws<FormatException>(() => CoreDump.Read(program)).Message);
    }

    [Fact]
    public void A_dump_that_was_cut_anywhere_is_read_or_told()
    {
        var whole = Dump();
        for (var length = 0; length < whole.Length; length += 3)
            Try(whole[..length]);
    }

    [Fact]
    public void Damaged_dumps_are_read_or_told()
    {
        var random = new Random(15);
        for (var round = 0; round < 20_000; round++)
        {
            var dump = Dump();
            for (var hits = random.Next(1, 12); hits > 0; hits--)
                dump[random.Next(round % 2 == 0 ? 400 : dump.Length)] = (byte)random.Next(256);
            Try(dump);
        }
    }

    private static void Try(byte[] dump)
    {
        try
        {
            CoreDump.Read(new MemoryStream(dump));
        }
        catch (FormatException)
        {
        }
    }

    private static byte[] Dump(bool hasFiles = true)
    {
        var information = new byte[136];
        "greeter"u8.CopyTo(information.AsSpan(40));
        "greeter crash"u8.CopyTo(information.AsSpan(56));
        var status = new byte[112];
        status[12] = 11;
        byte[] notes =
        [
            .. Note(1, status), .. Note(3, information), .. Note(6, Longs(3, 0x5500000040, 9, ProgramAt + 0x1234, 0, 0)),
            .. hasFiles ? Note(0x46494c45, [.. Longs(3, 4096, LibraryAt, LibraryAt + 0x1000, 0, ProgramAt, ProgramAt + 0x1000, 0, ProgramAt + 0x1000, ProgramAt + 0x3000, 1), .. "/usr/lib/libc.so.6\0/usr/bin/greeter\0/usr/bin/greeter\0"u8]) : [],
        ];
        var page = new byte[4096];
        Segments(page, 3, [(4, 0, 200, 12 + 4 + 8)]);
        Note(3, [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef], "GNU\0").CopyTo(page.AsSpan(200));
        var start = 64 + (2 * 56);
        var dump = new byte[start + notes.Length + page.Length];
        Segments(dump, 4, [(4, 0, (ulong)start, (ulong)notes.Length), (1, hasFiles ? ProgramAt : 0, (ulong)(start + notes.Length), (ulong)page.Length)]);
        notes.CopyTo(dump, start);
        page.CopyTo(dump, start + notes.Length);
        return dump;
    }

    private static void Segments(byte[] file, ushort type, (uint Kind, ulong Address, ulong Offset, ulong Size)[] segments)
    {
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), type);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 183);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), (ushort)segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var header = file.AsSpan(64 + (i * 56));
            BinaryPrimitives.WriteUInt32LittleEndian(header, segments[i].Kind);
            BinaryPrimitives.WriteUInt64LittleEndian(header[8..], segments[i].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header[16..], segments[i].Address);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], segments[i].Size);
        }
    }

    private static byte[] Note(uint type, byte[] content, string name = "CORE\0\0\0\0")
    {
        var note = new byte[12 + name.Length + ((content.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt32LittleEndian(note, (uint)name.TrimEnd('\0').Length + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(note.AsSpan(4), (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(note.AsSpan(8), type);
        Encoding.ASCII.GetBytes(name).CopyTo(note, 12);
        content.CopyTo(note, 12 + name.Length);
        return note;
    }

    private static byte[] Longs(params ReadOnlySpan<ulong> numbers)
    {
        var bytes = new byte[numbers.Length * 8];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), numbers[i]);
        return bytes;
    }
}
