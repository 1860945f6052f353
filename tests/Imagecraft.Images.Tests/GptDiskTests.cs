// Partition tables as sfdisk and an independent reading of the bytes see them.

using System.Buffers.Binary;
using System.Text.Json;
using Imagecraft.Images.Disks;

namespace Imagecraft.Images.Tests;

public class GptDiskTests
{
    private static DiskLayout Sample(string text = "boot") => DiskContents.Layout("board/image", PartitionTable.Gpt,
    [
        new("boot", PartitionType.Parse("esp"), DiskContents.Of(text), 3 << 20),
        new("root", PartitionType.Parse("linux-root-arm64"), DiskContents.Of([.. new byte[2 << 20], .. "end"u8]), null),
        new("data", PartitionType.Parse("linux"), null, (1 << 20) + 1),
    ]);

    private static async Task<byte[]> WriteAsync(DiskLayout layout)
    {
        using var stream = new MemoryStream();
        await DiskWriter.WriteAsync(layout, stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    [Fact]
    public async Task Sfdisk_finds_no_fault_and_sees_the_planned_partitions()
    {
        DiskLayout layout = Sample();
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("disk.img"), await WriteAsync(layout), TestContext.Current.CancellationToken);

        Assert.Contains("No errors detected", await DiskTool.RunAsync("/usr/sbin/sfdisk", "--verify", folder.File("disk.img")));
        using var json = JsonDocument.Parse(await DiskTool.RunAsync("/usr/sbin/sfdisk", "--json", folder.File("disk.img")));
        JsonElement table = json.RootElement.GetProperty("partitiontable");
        Assert.Equal("gpt", table.GetProperty("label").GetString());
        Assert.Equal(layout.Id.ToString().ToUpperInvariant(), table.GetProperty("id").GetString());
        Assert.Equal(
            layout.Partitions.Select(placed => (placed.Partition.Name, placed.FirstSector, placed.LastSector - placed.FirstSector + 1, placed.Partition.Type.Gpt!.Value, placed.Id)),
            table.GetProperty("partitions").EnumerateArray().Select(partition => (
                partition.GetProperty("name").GetString()!, partition.GetProperty("start").GetInt64(), partition.GetProperty("size").GetInt64(),
                partition.GetProperty("type").GetGuid(), partition.GetProperty("uuid").GetGuid())));
    }

    [Fact]
    public async Task Both_headers_have_valid_checksums_and_point_at_each_other()
    {
        byte[] disk = await WriteAsync(Sample());
        long last = disk.Length / 512 - 1;
        foreach (var (own, other, table) in ((long, long, long)[])[(1, last, 2), (last, 1, last - 32)])
        {
            byte[] header = disk[(int)(own * 512)..(int)(own * 512 + 92)];
            Assert.Equal("EFI PART"u8.ToArray(), header[..8]);
            Assert.Equal(own, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)));
            Assert.Equal(other, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(32)));
            Assert.Equal(table, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72)));
            uint tableCrc = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88));
            Assert.Equal(tableCrc, SlowCrc(disk.AsSpan((int)table * 512, 128 * 128)));
            uint headerCrc = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
            header.AsSpan(16, 4).Clear();
            Assert.Equal(headerCrc, SlowCrc(header));
        }
    }

    [Fact]
    public async Task Contents_lie_at_the_starts_of_their_partitions()
    {
        DiskLayout layout = Sample();
        byte[] disk = await WriteAsync(layout);
        Assert.All(layout.Partitions, placed => Assert.Equal(0, placed.FirstSector % 2048));
        Assert.Equal("boot"u8.ToArray(), disk.AsSpan((int)layout.Partitions[0].FirstSector * 512, 4).ToArray());
        Assert.Equal("end"u8.ToArray(), disk.AsSpan((int)layout.Partitions[1].FirstSector * 512 + (2 << 20), 3).ToArray());
        Assert.Equal(0, disk.Length % (1 << 20));
    }

    [Fact]
    public async Task Equal_input_gives_equal_bytes_and_other_content_gives_other_identifiers()
    {
        Assert.Equal(await WriteAsync(Sample()), await WriteAsync(Sample()));
        Assert.NotEqual(Sample().Id, Sample("toob").Id);
        Assert.Equal(3, Sample().Partitions.Select(placed => placed.Id).Distinct().Count());
    }

    [Fact]
    public void All_problems_of_a_plan_are_told_at_once()
    {
        string message = Assert.Throws<ImageInputException>(() => DiskContents.Layout("d", PartitionTable.Gpt,
        [
            new(new string('x', 37), new(Guid.Empty, null), null, 1),
            new("small", new(Guid.Empty, null), DiskContents.Of("four"), 3),
            new("none", new(Guid.Empty, null), null, null),
            new("none", new(Guid.Empty, null), null, 5),
        ])).Message;
        Assert.Contains("has 37 characters", message);
        Assert.Contains("Content of partition `small` has 4 bytes, 1 more than its size of 3", message);
        Assert.Contains("Partition `none` has neither content nor a size", message);
        Assert.Contains("Partition `none` is declared 2 times", message);
    }

    [Fact]
    public void An_unknown_partition_type_lists_the_known_ones() =>
        Assert.Contains("`linux-root-arm64`", Assert.Throws<ImageInputException>(() => PartitionType.Parse("linux-rot")).Message);

    // Bit by bit from the definition, so that the table-driven one is not checked by itself.
    private static uint SlowCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (((crc ^ (uint)(value >> bit)) & 1) * 0xEDB88320);
        return ~crc;
    }
}
