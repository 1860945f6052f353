// What of a disk must be on a device for it to be whole, and what of it nobody reads.

using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Tests;

public sealed class DiskPiecesTests : IDisposable
{
    private const int MebiByte = 1 << 20;
    private static readonly PartitionType Linux = PartitionType.Parse("linux");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static async Task<(DiskLayout Layout, byte[] Bytes, IReadOnlyList<Extent> Read)> WriteAsync(PartitionTable table, DiskPartition[] partitions, DiskBlob[] blobs, Func<DiskContent, FileContent> contents)
    {
        var layout = DiskLayout.Plan(new Disk("d", table, [.. partitions], [.. blobs]), contents);
        using var stream = new MemoryStream();
        var read = await DiskWriter.WriteAsync(layout, stream, TestContext.Current.CancellationToken);
        return (layout, stream.ToArray(), read);
    }

    [Fact]
    public async Task Tables_the_room_before_the_first_partition_raw_contents_and_blobs_are_read_whatever_they_hold()
    {
        var (_, bytes, read) = await WriteAsync(
            PartitionTable.Gpt,
            [new("raw", Linux, new("zeros"), 3 * MebiByte, 4 * MebiByte), new("empty", Linux, null, MebiByte), new("next", Linux, new("zeros"), null, 20 * MebiByte)],
            [new("spl", 32 << 10, new("zeros"), MebiByte), new("far", 30 * MebiByte, new("zeros"), MebiByte)],
            _ => FileContent.Of(new byte[5000]));
        Assert.Equal(32 * MebiByte, bytes.Length);
        Assert.Equal(
            [
                Extent.Between(0, 7 * MebiByte), // up to the first partition, which is raw and read to its end
                new(20 * MebiByte, 10 * 512), // whole sectors
                new(30 * MebiByte, MebiByte),
                Extent.Between((32 * MebiByte) - (33 * 512), 32 * MebiByte),
            ],
            read);
    }

    [Fact]
    public async Task An_MBR_has_no_table_at_the_end() => Assert.Equal(
        [new(0, MebiByte + 512)],
        (await WriteAsync(PartitionTable.Mbr, [new("raw", Linux, new("one"), null), new("empty", Linux, null, MebiByte)], [], _ => FileContent.Of("one"))).Read);

    [Theory]
    [InlineData(1024, 0xe2, 0xe1, 0xf5, 0xe0)]
    [InlineData(0, 'h', 's', 'q', 's')]
    [InlineData(510, 0x55, 0xaa, 0, 0)]
    public async Task A_file_system_is_read_to_its_end_and_not_beyond(int at, int a, int b, int c, int d)
    {
        byte[] content = new byte[64 << 10];
        "FAT32   "u8.CopyTo(content.AsSpan(82));
        new byte[] { (byte)a, (byte)b, (byte)c, (byte)d }.CopyTo(content, at);
        var (_, _, read) = await WriteAsync(PartitionTable.Mbr, [new("root", Linux, new("root"), 8 * MebiByte)], [], _ => FileContent.Of(content));
        Assert.Equal([new(0, MebiByte + content.Length)], read);
    }

    [Fact]
    public async Task Of_ext4_the_free_blocks_are_not_read_and_lie_on_the_disk_as_in_the_content()
    {
        string image = folder.File("root.ext4");
        await using (FileStream file = File.Create(image))
            file.SetLength(16 * MebiByte);
        await DiskTool.RunAsync("/usr/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", image);
        byte[] content = await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken);
        // Something in a free block, which the content keeps.
        content[^1] = 7;
        var (_, bytes, read) = await WriteAsync(PartitionTable.Mbr, [new("root", Linux, new("root"), 20 * MebiByte)], [], _ => FileContent.Of(content));
        Assert.Equal(content, bytes[MebiByte..(MebiByte + content.Length)]);
        long used = read.Sum(extent => extent.Length) - MebiByte;
        Assert.InRange(used, MebiByte, 4 * MebiByte);
        Assert.Equal(new Extent(0, MebiByte), read[0] with { Length = Math.Min(read[0].Length, MebiByte) });
    }

    [Fact]
    public void Extents_that_touch_are_one_and_what_is_left_lies_between_them()
    {
        Extent[] extents = [new(10, 5), new(0, 2), new(15, 5), new(11, 1), new(30, 0)];
        Assert.Equal([new(0, 2), new(10, 10)], Extents.Union(extents));
        Assert.Equal([new(2, 8), new(20, 5)], Extents.Without(new(1, 24), extents));
        Assert.Equal([new(0, 24)], Extents.InBlocks([new(0, 2), new(10, 10)], 8));
    }
}
