// Disks for media with sectors of 4096 bytes, as sfdisk and the bytes show them.

using System.Buffers.Binary;
using System.Text.Json;
using Imagecraft.Images.Disks;

namespace Imagecraft.Images.Tests;

public sealed class SectorTests : IDisposable
{
    private const int Large = 4096;
    private static readonly PartitionType Linux = PartitionType.Parse("linux");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static DiskLayout Layout(int sectorSize, PartitionTable table, DiskPartition[] partitions, params DiskBlob[] blobs) =>
        DiskContents.Layout(new Disk("d", table, [.. partitions], [.. blobs], sectorSize));

    private async Task<byte[]> WriteAsync(DiskLayout layout)
    {
        await using (FileStream file = File.Create(folder.File("disk.img")))
            await DiskWriter.WriteAsync(layout, file, TestContext.Current.CancellationToken);
        return await File.ReadAllBytesAsync(folder.File("disk.img"), TestContext.Current.CancellationToken);
    }

    private Task<string> SfdiskAsync(string verb) => DiskTool.RunAsync("/usr/sbin/sfdisk", "--sector-size", "4096", verb, folder.File("disk.img"));

    [Fact]
    public async Task A_GPT_counts_in_large_sectors_and_sfdisk_finds_no_fault()
    {
        var layout = Layout(Large, PartitionTable.Gpt, [new("boot", PartitionType.Parse("esp"), DiskContents.Of("boot"), 3 << 20), new("root", Linux, DiskContents.Of(new byte[5000]), null), new("data", Linux, null, (1 << 20) + 1)]);
        byte[] disk = await WriteAsync(layout);
        Assert.Contains("No errors detected", await SfdiskAsync("--verify"));
        using var json = JsonDocument.Parse(await SfdiskAsync("--json"));
        JsonElement table = json.RootElement.GetProperty("partitiontable");
        Assert.Equal((4096, 6, (disk.Length / 4096) - 6), (table.GetProperty("sectorsize").GetInt32(), table.GetProperty("firstlba").GetInt32(), table.GetProperty("lastlba").GetInt32()));
        Assert.Equal([("boot", 256, 768), ("root", 1024, 2), ("data", 1280, 257)],
            table.GetProperty("partitions").EnumerateArray().Select(partition => (partition.GetProperty("name").GetString()!, partition.GetProperty("start").GetInt32(), partition.GetProperty("size").GetInt32())));

        Assert.Equal("EFI PART"u8.ToArray(), disk[4096..4104]);
        Assert.Equal("EFI PART"u8.ToArray(), disk[^4096..^4088]);
        // The protective MBR covers the disk in the same sectors.
        Assert.Equal((0xee, (uint)(disk.Length / 4096) - 1), (disk[450], BinaryPrimitives.ReadUInt32LittleEndian(disk.AsSpan(458))));
        Assert.Equal("boot"u8.ToArray(), disk[(1 << 20)..((1 << 20) + 4)]);
    }

    [Fact]
    public async Task An_MBR_counts_in_large_sectors()
    {
        await WriteAsync(Layout(Large, PartitionTable.Mbr, [new("root", Linux, DiskContents.Of("root"), 3 << 20), new("data", Linux, null, 1 << 20)]));
        Assert.Contains("No errors detected", await SfdiskAsync("--verify"));
        Assert.Matches("start= +256, size= +768, type=83(.|\n)*start= +1024, size= +256, type=83", await SfdiskAsync("--dump"));
    }

    [Fact]
    public void A_disk_for_other_sectors_is_another_disk()
    {
        DiskPartition root = new("root", Linux, DiskContents.Of("root"), 3 << 20);
        Assert.NotEqual(Layout(512, PartitionTable.Gpt, [root]).Id, Layout(Large, PartitionTable.Gpt, [root]).Id);
    }

    [Fact]
    public void What_does_not_begin_at_a_sector_or_lies_over_the_larger_table_is_told()
    {
        DiskPartition root = new("root", Linux, null, 1 << 20);
        Assert.Contains("Blob `loader` starts at byte 33280, which is no multiple of 4096, the bytes of a sector", Refused([root], new DiskBlob("loader", 33280, DiskContents.Of("x"), null)));
        Assert.Contains("Partition `odd` starts at byte 2097664, which is no multiple of 4096", Refused([root, root with { Name = "odd", Offset = (2 << 20) + 512 }]));
        Assert.Contains("Blob `loader` takes bytes 20480 to 24575, and the partition table 0 to 24575; move one by its `offset:`", Refused([root], new DiskBlob("loader", 20 << 10, DiskContents.Of("x"), null)));

        static string Refused(DiskPartition[] partitions, params DiskBlob[] blobs) => Assert.Throws<ImageInputException>(() => Layout(Large, PartitionTable.Gpt, partitions, blobs)).Message;
    }

    [Fact]
    public void Sectors_of_another_size_are_refused() =>
        Assert.Contains("Sectors have 512 or 4096 bytes, not 2048", Assert.Throws<ImageInputException>(() => Layout(2048, PartitionTable.Gpt, [new("root", Linux, null, 1 << 20)])).Message);
}
