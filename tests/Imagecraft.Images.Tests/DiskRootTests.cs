// A root's partition is named by an identifier that follows from its file system alone, and the table has just that one.

using Imagecraft.Images.Disks;

namespace Imagecraft.Images.Tests;

public sealed class DiskRootTests
{
    private static readonly DiskRoot Root = new("root", new Guid("6b29fc40-ca47-1067-b31d-00dd010662da"));

    [Fact]
    public async Task The_kernels_name_of_a_GPTs_partition_is_the_one_that_sfdisk_reads()
    {
        string dump = await DumpAsync(PartitionTable.Gpt, "boot files");

        Assert.Matches($@"uuid={Root.KernelId(PartitionTable.Gpt, 2).ToUpperInvariant()}, name=""root""", dump);
        Assert.DoesNotMatch($@"uuid={Root.PartitionId.ToString().ToUpperInvariant()}, name=""boot""", dump);
    }

    [Fact]
    public async Task The_kernels_name_of_an_MBRs_partition_is_its_signature_and_the_number()
    {
        string dump = await DumpAsync(PartitionTable.Mbr, "boot files");

        string id = Root.KernelId(PartitionTable.Mbr, 2);
        Assert.Matches("^[0-9a-f]{8}-02$", id);
        Assert.Contains($"label-id: 0x{id[..8]}\n", dump, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PartitionTable.Gpt)]
    [InlineData(PartitionTable.Mbr)]
    public void What_else_lies_on_the_disk_may_name_the_root_because_it_does_not_change_its_name(PartitionTable table)
    {
        DiskLayout one = Layout(table, "root is there"), two = Layout(table, "root is here");

        Assert.Equal(one.Partitions[1].Id, two.Partitions[1].Id);
        Assert.NotEqual(one.Partitions[0].Content!.Sha256, two.Partitions[0].Content!.Sha256);
        Assert.NotEqual(Root.PartitionId, (Root with { FileSystem = Guid.NewGuid() }).PartitionId);
        Assert.NotEqual(Root.PartitionId, (Root with { Partition = "root-b" }).PartitionId);
    }

    [Fact]
    public void What_takes_the_rest_of_the_disk_has_nothing_behind_it()
    {
        var grown = new DiskPartition("data", PartitionType.Parse("linux"), null, 1 << 20, Attributes: PartitionAttributes.Grow);
        string Refused(DiskPartition[] partitions, params DiskBlob[] blobs) => Assert.Throws<ImageInputException>(() => DiskContents.Layout("d", PartitionTable.Mbr, partitions, blobs)).Message;

        Assert.Contains("Partition `data` cannot grow: partition `late` lies behind it", Refused([grown, new("late", PartitionType.Parse("linux"), null, 1 << 20, Offset: 8 << 20)]), StringComparison.Ordinal);
        Assert.Contains("Partition `data` cannot grow: blob `loader` lies behind it", Refused([grown], new DiskBlob("loader", 8 << 20, DiskContents.Of("x"), null)), StringComparison.Ordinal);
        Assert.Equal(2, DiskContents.Layout("d", PartitionTable.Mbr, [new("early", PartitionType.Parse("linux"), null, 1 << 20), grown], new DiskBlob("loader", 4096, DiskContents.Of("x"), null)).Partitions.Length);
    }

    private static DiskLayout Layout(PartitionTable table, string boot) => DiskContents.Layout(new Disk("d", table,
    [
        new("boot", PartitionType.Parse("vfat"), DiskContents.Of(boot), 1 << 20),
        new("root", PartitionType.Parse("linux"), DiskContents.Of("root"), 1 << 20),
    ], []) { Root = Root });

    private static async Task<string> DumpAsync(PartitionTable table, string boot)
    {
        using var folder = new TemporaryFolder();
        await using (var output = File.Create(folder.File("disk.img")))
            await DiskWriter.WriteAsync(Layout(table, boot), output, TestContext.Current.CancellationToken);
        return await DiskTool.RunAsync("/usr/sbin/sfdisk", "--dump", folder.File("disk.img"));
    }
}
