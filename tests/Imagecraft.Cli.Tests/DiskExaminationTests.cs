// Disks as firmware reads them, good and damaged.

using System.Buffers.Binary;
using System.Text;
using Imagecraft.Cli.Boards;
using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Tests;

public sealed class DiskExaminationTests : IDisposable
{
    private const int MebiByte = 1 << 20;
    private static readonly SourceSpan Here = new("boards/b.yaml", 1, 1, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("imagecraft-disk-").FullName;

    private static Sited<T> Written<T>(T value) => new(value, Here);

    private static Board Board { get; } = new()
    {
        Name = Written("b"),
        Architecture = Written("riscv64"),
        Kernel = Written("linux"),
        CommandLine = Written("quiet"),
        Console = Written("ttyS0"),
        DefaultImage = Written("base"),
        DeviceTrees = [new(Written("acme/b.dtb"), [], null)],
        Partitions =
        [
            new(Written("spl"), Written("linux"), null, Written(2L * MebiByte)) { Offset = Written(2L * MebiByte), Raw = new(Written("loader"), Written("/spl.bin")) },
            new(Written("boot"), Written("esp"), Written("vfat"), Written(4L * MebiByte)) { Files = [new(Written("/Image"), null, Written("Image"), null), new(Written("/b.dtb"), null, Written("b.dtb"), null)] },
        ],
        Blobs = [new(Written("first"), Written(32L * 1024), null, new(Written("loader"), Written("/first.bin")))],
    };

    // A file system in which the two files lie at whole sectors, as in a new FAT.
    private async Task<IReadOnlyList<string>> ExamineAsync(string spl = "spl", string blob = "first", string boot = "both", string version = "6.12", bool damaged = false, int sectorSize = 512)
    {
        var image = Encoding.ASCII.GetBytes($"Image: Linux version {version}.107 (x)".PadRight(5000, '.'));
        var tree = new byte[600];
        BinaryPrimitives.WriteUInt32BigEndian(tree, 0xd00dfeed);
        BinaryPrimitives.WriteInt32BigEndian(tree.AsSpan(4), damaged ? 599 : 600);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "Image"), image);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "b.dtb"), tree);
        var files = new byte[2 * MebiByte];
        image.CopyTo(files, MebiByte - 1024);
        if (boot == "both")
            tree.CopyTo(files, 512);
        var contents = new Dictionary<string, FileContent> { ["spl"] = FileContent.Of(spl), ["boot"] = FileContent.Of(files), ["first"] = FileContent.Of(blob) };
        var layout = DiskLayout.Plan(
            new("b/base", PartitionTable.Gpt,
                [new("spl", PartitionType.Parse("linux"), new("spl"), 2 * MebiByte, 2 * MebiByte, PartitionAttributes.None), new("boot", PartitionType.Parse("esp"), new("boot"), 4 * MebiByte, null, PartitionAttributes.None)],
                [new("first", 32 * 1024, new("first"), null)], sectorSize),
            content => contents[content.Name]);
        await using (var disk = new FileStream(Path.Combine(_folder, "disk.img"), FileMode.Create, FileAccess.ReadWrite))
            await DiskWriter.WriteAsync(layout, disk, TestContext.Current.CancellationToken);
        return DiskExamination.Problems(Board with { SectorSize = Written(sectorSize) }, "Image", "6.12.107", _folder);
    }

    [Fact]
    public async Task A_disk_that_is_as_its_board_says_has_no_problem() => Assert.Equal([], await ExamineAsync());

    [Fact]
    public async Task A_disk_for_large_sectors_is_read_in_them() => Assert.Equal([], await ExamineAsync(sectorSize: 4096));

    [Fact]
    public async Task Nothing_where_the_ROM_reads_is_told_with_the_place() => Assert.Equal(
        ["The partition `spl` is empty at byte 2097152, where the ROM reads it", "The disk is empty at byte 32768, where the ROM reads `first`"],
        await ExamineAsync(spl: "\0", blob: "\0"));

    [Fact]
    public async Task A_boot_partition_without_its_device_tree_is_told() => Assert.Equal(["The partition `boot` does not hold `b.dtb`"], await ExamineAsync(boot: "kernel only"));

    [Fact]
    public async Task A_device_tree_of_another_length_than_it_says_and_a_kernel_of_another_version_are_told() =>
        Assert.Equal(["`b.dtb` is no device tree", "`Image` is not Linux 6.12.107"], await ExamineAsync(version: "6.18", damaged: true));

    [Fact]
    public async Task A_partition_at_another_place_and_a_missing_one_are_told()
    {
        await ExamineAsync();
        var other = Board with { Partitions = [Board.Partitions[0] with { Offset = Written(8L * MebiByte) }, Board.Partitions[1] with { Name = Written("efi") }] };
        Assert.Equal(["The partition `spl` begins at byte 2097152, not at 8388608", "The table has no partition `efi`"], DiskExamination.Problems(other, "Image", "6.12.107", _folder));
    }

    [Fact]
    public async Task A_disk_without_a_table_is_told()
    {
        await ExamineAsync();
        await using (var disk = File.OpenWrite(Path.Combine(_folder, "disk.img")))
        {
            disk.Position = 512;
            disk.WriteByte(0);
        }

        Assert.Contains("The second sector is no GPT header", DiskExamination.Problems(Board, "Image", "6.12.107", _folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
