// What a power failure leaves of a disk whose writes were recorded, without machines.

using System.Buffers.Binary;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class WriteLogTests : IDisposable
{
    private const ulong Magic = 0x6a736677736872, Flush = 1, Forced = 2, Discard = 4;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");

    private string Image => Path.Combine(folder.FullName, "disk.img");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Only_what_was_flushed_or_forced_is_durable()
    {
        byte[] log = [.. Header(Magic), .. Write(0, 'a'), .. Write(1, 'b'), .. Entry(0, 0, Flush), .. Write(2, 'c'), .. Entry(3, 1, Forced), .. Sector('d'), .. Entry(9, 4, Discard), .. Write(4, 'e')];
        Assert.Equal(
            [(0L, true), (512, true), (1024, false), (1536, true), (2048, false)],
            WriteLog.Read(new MemoryStream(log)).Select(write => (write.Offset, write.IsDurable)));
    }

    [Fact]
    public void A_record_that_was_cut_ends_before_the_cut()
    {
        byte[] log = [.. Header(Magic), .. Write(0, 'a'), .. Entry(0, 0, Flush), .. Write(1, 'b')];
        Assert.Single(WriteLog.Read(new MemoryStream(log[..^1])));
        Assert.Single(WriteLog.Read(new MemoryStream(log[..^600])));
        Assert.Single(WriteLog.Read(new MemoryStream([.. log[..^1024], .. new byte[4096]])));
        Assert.Empty(WriteLog.Read(new MemoryStream()));
    }

    [Fact]
    public void Before_the_first_flush_there_is_no_header_and_nothing_is_durable()
    {
        LoggedWrite write = Assert.Single(WriteLog.Read(new MemoryStream([.. Sector('\0'), .. Write(5, 'a')])));
        Assert.Equal((5L * 512, 512L, false), (write.Offset, write.Length, write.IsDurable));
    }

    [Fact]
    public void What_is_no_record_is_told() =>
        Assert.Throws<InvalidDataException>(() => WriteLog.Read(new MemoryStream(Header(0x1234))));

    [Theory]
    [InlineData(0, "ab\0\0")]
    [InlineData(1, "abcd")]
    public void What_survives_is_put_into_the_image_in_its_order(double surviving, string content)
    {
        File.WriteAllBytes(Image, new byte[4 * 512]);
        var disk = new RecordedDisk(Image, folder.FullName, "data");
        disk.Begin();
        File.WriteAllBytes(Path.Combine(folder.FullName, "data.record"), [.. Header(Magic), .. Write(0, 'x'), .. Write(0, 'a'), .. Write(1, 'b'), .. Entry(0, 0, Flush), .. Write(2, 'c'), .. Write(3, 'd')]);
        disk.Settle(() => surviving == 1);

        byte[] bytes = File.ReadAllBytes(Image);
        Assert.Equal(content, string.Concat(Enumerable.Range(0, 4).Select(sector => (char)bytes[sector * 512 + 511])));
        Assert.Equal(["disk.img"], folder.GetFiles().Select(file => file.Name));
    }

    private static byte[] Header(ulong magic)
    {
        byte[] sector = new byte[512];
        BinaryPrimitives.WriteUInt64LittleEndian(sector, magic);
        BinaryPrimitives.WriteUInt64LittleEndian(sector.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(sector.AsSpan(24), 512);
        return sector;
    }

    private static byte[] Write(long sector, char content) => [.. Entry(sector, 1, 0), .. Sector(content)];

    private static byte[] Entry(long sector, long count, ulong flags)
    {
        byte[] entry = new byte[512];
        BinaryPrimitives.WriteInt64LittleEndian(entry, sector);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(8), count);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), flags);
        return entry;
    }

    private static byte[] Sector(char content) => [.. Enumerable.Repeat((byte)content, 512)];
}
