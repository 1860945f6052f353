// Slots, blobs and MBR disks, as sfdisk and the bytes show them.

using Imagecraft.Images.Disks;

namespace Imagecraft.Images.Tests;

public class DiskLayoutTests
{
    private static readonly PartitionType Linux = PartitionType.Parse("linux");

    private static async Task<byte[]> WriteAsync(DiskLayout layout)
    {
        using var stream = new MemoryStream();
        await DiskWriter.WriteAsync(layout, stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static string Refused(PartitionTable table, DiskPartition[] partitions, params DiskBlob[] blobs) =>
        Assert.Throws<ImageInputException>(() => DiskContents.Layout("d", table, partitions, blobs)).Message;

    [Fact]
    public async Task Two_slots_of_equal_size_tell_which_is_booted()
    {
        var layout = DiskContents.Layout("d", PartitionTable.Gpt,
        [
            new("root-a", Linux, DiskContents.Of("system"), 4 << 20, Attributes: PartitionAttributes.Bootable),
            new("root-b", Linux, null, 4 << 20, Attributes: PartitionAttributes.NoAuto),
        ]);
        Assert.Equal(layout.Partitions[0].LastSector - layout.Partitions[0].FirstSector, layout.Partitions[1].LastSector - layout.Partitions[1].FirstSector);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("disk.img"), await WriteAsync(layout), TestContext.Current.CancellationToken);
        Assert.Contains("No errors detected", await DiskTool.RunAsync("/usr/sbin/sfdisk", "--verify", folder.File("disk.img")));
        string dump = await DiskTool.RunAsync("/usr/sbin/sfdisk", "--dump", folder.File("disk.img"));
        Assert.Contains("name=\"root-a\", attrs=\"LegacyBIOSBootable\"", dump);
        Assert.Contains("name=\"root-b\", attrs=\"GUID:63\"", dump);
    }

    // TF-A of an STM32 looks for the partitions of its firmware by their own identifiers.
    [Fact]
    public async Task A_partition_has_the_identifier_that_it_is_given()
    {
        var id = Guid.Parse("4fd84c93-54ef-463f-a7ef-ae25ff887087");
        var layout = DiskContents.Layout("d", PartitionTable.Gpt, [new("fip-a", Linux, DiskContents.Of("fip"), 1 << 20) { Id = id }, new("root", Linux, null, 1 << 20)]);
        Assert.Equal(id, layout.Partitions[0].Id);
        Assert.NotEqual(id, layout.Partitions[1].Id);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("disk.img"), await WriteAsync(layout), TestContext.Current.CancellationToken);
        Assert.Contains("uuid=4FD84C93-54EF-463F-A7EF-AE25FF887087, name=\"fip-a\"", await DiskTool.RunAsync("/usr/sbin/sfdisk", "--dump", folder.File("disk.img")));
    }

    // A K1's ROM reads 80 bytes in the first sector, whose end is the protective record of a GPT.
    [Theory]
    [InlineData(PartitionTable.Gpt)]
    [InlineData(PartitionTable.Mbr)]
    public async Task What_a_ROM_reads_in_the_boot_record_leaves_the_table_as_it_is(PartitionTable table)
    {
        DiskPartition[] partitions = [new("root", Linux, DiskContents.Of("root"), 1 << 20)];
        byte[] plain = await WriteAsync(DiskContents.Layout("d", table, partitions));
        var layout = DiskContents.Layout("d", table, partitions, [new("bootinfo", 0, DiskContents.Of(new string('b', 80)), 80)]);
        byte[] disk = await WriteAsync(layout);
        Assert.Equal(Enumerable.Repeat((byte)'b', 80), disk[..80]);
        Assert.Equal(plain[446..510].Skip(8), disk[446..510].Skip(8));
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("disk.img"), disk, TestContext.Current.CancellationToken);
        Assert.Contains("No errors detected", await DiskTool.RunAsync("/usr/sbin/sfdisk", "--verify", folder.File("disk.img")));

        Assert.Contains("Blob `bootinfo` takes bytes 0 to 511, and the partition table", Refused(table, partitions, new DiskBlob("bootinfo", 0, DiskContents.Of(new string('b', 441)), null)));
    }

    [Fact]
    public async Task An_MBR_disk_has_types_and_an_active_partition_that_sfdisk_sees()
    {
        var layout = DiskContents.Layout("d", PartitionTable.Mbr,
        [
            new("boot", PartitionType.Parse("vfat"), DiskContents.Of("boot"), 2 << 20, Attributes: PartitionAttributes.Bootable),
            new("root", PartitionType.Parse("linux-root-arm64"), DiskContents.Of("root"), 3 << 20),
            new("other", PartitionType.Parse("0x7f"), null, 1 << 20),
        ]);
        byte[] disk = await WriteAsync(layout);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("disk.img"), disk, TestContext.Current.CancellationToken);
        Assert.Contains("No errors detected", await DiskTool.RunAsync("/usr/sbin/sfdisk", "--verify", folder.File("disk.img")));
        string dump = await DiskTool.RunAsync("/usr/sbin/sfdisk", "--dump", folder.File("disk.img"));
        Assert.Contains("label: dos", dump);
        Assert.Contains($"label-id: 0x{BitConverter.ToUInt32(layout.Id.ToByteArray()):x8}", dump);
        Assert.Matches(@"start= +2048, size= +4096, type=c, bootable", dump);
        Assert.Matches(@"start= +6144, size= +6144, type=83\n", dump);
        Assert.Matches(@"start= +12288, size= +2048, type=7f", dump);
        Assert.Equal("root"u8.ToArray(), disk[(6144 * 512)..(6144 * 512 + 4)]);
        Assert.Equal(disk, await WriteAsync(layout));
    }

    [Fact]
    public async Task Blobs_lie_at_their_offsets_and_partitions_keep_clear_of_them()
    {
        var layout = DiskContents.Layout("d", PartitionTable.Gpt,
            [new("first", Linux, DiskContents.Of("one"), 1 << 20), new("second", Linux, DiskContents.Of("two"), 7 << 20), new("fixed", Linux, DiskContents.Of("fixed"), 1 << 20, Offset: 4 << 20)],
            new DiskBlob("loader", 32 << 10, DiskContents.Of("loader"), 512 << 10), new DiskBlob("firmware", 8 << 20, DiskContents.Of("firmware"), null));
        byte[] disk = await WriteAsync(layout);
        Assert.Equal("loader"u8.ToArray(), disk[(32 << 10)..((32 << 10) + 6)]);
        Assert.Equal("firmware"u8.ToArray(), disk[(8 << 20)..((8 << 20) + 8)]);
        Assert.Equal([1 << 20, 9 << 20, 4 << 20], layout.Partitions.Select(p => (int)p.FirstSector * 512));
        Assert.Equal("fixed"u8.ToArray(), disk[(4 << 20)..((4 << 20) + 5)]);
    }

    [Fact]
    public void A_blob_that_grew_into_a_partition_is_told_with_both_places() =>
        Assert.Contains(
            "Partition `root` takes bytes 1048576 to 2097151, and blob `loader` 32768 to 2129919; move one by its `offset:`",
            Refused(PartitionTable.Gpt, [new("root", Linux, null, 1 << 20, Offset: 1 << 20)], new DiskBlob("loader", 32 << 10, DiskContents.Of(new byte[2 << 20]), null)));

    [Fact]
    public void A_blob_over_the_partition_table_is_told() =>
        Assert.Contains("Blob `loader` takes bytes 8192 to 8703, and the partition table 0 to 17407", Refused(PartitionTable.Gpt, [new("root", Linux, null, 1 << 20)], new DiskBlob("loader", 8 << 10, DiskContents.Of("x"), null)));

    [Fact]
    public void Content_larger_than_a_blobs_size_is_told_with_the_numbers() =>
        Assert.Contains("Content of blob `loader` has 600 bytes, 88 more than its size of 512", Refused(PartitionTable.Gpt, [new("root", Linux, null, 1 << 20)], new DiskBlob("loader", 32 << 10, DiskContents.Of(new byte[600]), 512)));

    [Fact]
    public void What_a_table_cannot_say_is_told()
    {
        Assert.Contains("There are 5 partitions; an MBR has 1 to 4", Refused(PartitionTable.Mbr, [.. Enumerable.Range(0, 5).Select(i => new DiskPartition($"p{i}", Linux, null, 512))]));
        Assert.Contains("Partition `root` has the MBR type 0x0c, which a GPT does not have", Refused(PartitionTable.Gpt, [new("root", PartitionType.Parse("0x0c"), null, 512)]));
        Assert.Contains("which an MBR does not have; give a type such as `0x83` or a word", Refused(PartitionTable.Mbr, [new("root", new(Guid.Empty, null), null, 512)]));
        Assert.Contains("has attributes that an MBR cannot say", Refused(PartitionTable.Mbr, [new("root", Linux, null, 512, Attributes: PartitionAttributes.ReadOnly)]));
    }

    [Fact]
    public async Task A_partition_beyond_two_tebibytes_needs_a_GPT()
    {
        var layout = new DiskLayout(PartitionTable.Mbr, Guid.Empty, [new(new("far", Linux, null, 512), Guid.Empty, 1L << 32, 1L << 32)], [], 4096, 512);
        Assert.Contains("beyond the 4294967295 that an MBR can say", (await Assert.ThrowsAsync<ImageInputException>(() => WriteAsync(layout))).Message);
    }
}
