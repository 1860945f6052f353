// What a board says of its disk, as the disk's own records.

using Imagecraft.Metadata.Tests;
using System.Text.Json;
using System.Text.RegularExpressions;
using Imagecraft.Boards.BootChains;
using Imagecraft.Images.Disks;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Layers;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class DiskPlanTests
{
    private static string Board(string table, string partition) =>
        TestPlans.Text("boards/board.yaml").Replace("{ name: root, type: linux-root-arm64, content: rootfs.ext4 }", $"{{ name: root, {partition}, content: rootfs.ext4 }}", StringComparison.Ordinal) + table;

    private static Disk Plan(string table, string partition) => TestPlans.Plan(("boards/board.yaml", Board(table, partition))).Request<MakeDiskRequest>("base@virt:disk").Disk;

    [Fact]
    public void A_partition_has_type_place_and_attributes_and_its_content_is_an_input()
    {
        var plan = TestPlans.Plan(("boards/board.yaml", Board("", "type: linux-root-arm64, size: 1 GiB, offset: 2 MiB, attributes: [ bootable, required ]")));
        var disk = plan.Request<MakeDiskRequest>("base@virt:disk").Disk;
        Assert.Equal(("base@virt", PartitionTable.Gpt), (disk.Name, disk.Table));
        var partition = new DiskPartition("root", PartitionType.Parse("linux-root-arm64"), new("rootfs.ext4"), 1L << 30, 2L << 20, PartitionAttributes.Bootable | PartitionAttributes.Required);
        Assert.Equal(partition, Assert.Single(disk.Partitions));
        Assert.Equal([MakeDiskRequest.ContentInputs.At("rootfs.ext4").Path], plan.InputsOf("base@virt:disk").Select(i => i.Mount));
    }

    [Fact]
    public void A_disk_for_large_sectors_is_made_so_with_its_vfat_partitions()
    {
        var plan = TestPlans.Plan(
            ("boards/board.yaml", Board("sector-size: 4096\n", "type: linux").Replace("partitions:\n", "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /x, text: y } ] }\n", StringComparison.Ordinal)),
            ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ mtools ]\n"));
        Assert.Equal([], plan.Diagnostics);
        Assert.Equal(4096, plan.Request<MakeDiskRequest>("base@virt:disk").Disk.SectorSize);
        Assert.Equal(["boot", "8388608", "4096"], plan.Process("base@virt:vfat-boot").Arguments[^3..]);
    }

    [Theory]
    [InlineData("root: ext4\nsize: 2 GiB\n", "size: 1 GiB", "", "IC0374", "The root file system of image `base` has 2147483648 bytes, 1073741824 more than partition `root` of board `virt` with 1073741824", "images/base.yaml")]
    [InlineData("size: 64 MiB\n", "offset: 2 MiB", "disk-size: 66 MiB", "IC0375", "With image `base` the disk of board `virt` has 70254592 bytes or more, 1048576 more than its `disk-size` of 69206016", "boards/board.yaml")]
    public void A_disk_that_an_image_makes_too_large_is_told_before_anything_is_built(string image, string partition, string disk, string code, string message, string file)
    {
        var plan = TestPlans.Plan(
            ("boards/board.yaml", Board(disk.Length == 0 ? "" : $"qemu: {{ system: aarch64, {disk} }}\n", $"type: linux, {partition}")),
            ("images/base.yaml", $"image: base\npackages: [ tool ]\n{image}"),
            ("recipes/qemu.yaml", "toolroot: qemu\nfeed: trixie\npackages: [ qemu ]\n"));
        var problem = Assert.Single(plan.Diagnostics);
        Assert.Equal((code, message, file), (problem.Code, problem.Message, problem.Span!.File));
        Assert.Contains(":", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_chain_is_examined_with_every_image_and_its_report_lies_beside_the_disk()
    {
        const string chain = """
            boot-chain:
              stages:
                - { name: first, format: imx8m, document: "https://example.org/rom", offset: 32 KiB, images: [ { name: spl, load: "0x920000", code: arm64 } ], carries: [ { package: tool, file: /usr/bin/tool } ] }
                - { name: second, format: fit, document: "https://example.org/spl", partition-number: 1, compatible: "acme,desk" }

            """;
        var plan = TestPlans.Plan(("boards/board.yaml", Board(chain, "type: linux-root-arm64")));
        Assert.Empty(plan.Diagnostics);
        Assert.Contains("boot-chain.txt", plan.Artifacts.Keys);
        var request = plan.Request<CheckBootChainRequest>("base@virt:boot-chain");
        Assert.Equal([(32L << 10, null), (null, 1)], request.Chain.Stages.Select(s => (s.Offset, s.PartitionNumber)));
        Assert.Equal(new BootImage("spl", 0x920000, null, InstructionSet.Arm64, null), Assert.Single(request.Chain.Stages[0].Images));
        Assert.Equal(["/disk", "/package/tool"], plan.InputsOf("base@virt:boot-chain").Select(i => i.Mount));
    }

    [Fact]
    public void Every_format_of_a_stage_that_a_board_may_name_is_read_by_its_own_reader()
    {
        var words = SchemaWords.Of("board", "boot-chain/stages/*/format");
        var formats = words.Select(word => TestPlans.Plan(("boards/board.yaml", Board($"boot-chain: {{ stages: [ {{ name: first, format: {word}, document: x, partition-name: root, images: [ {{ name: spl, below: \"0x100\" }} ] }} ] }}\n", "type: linux-root-arm64"))))
            .Select(plan => plan.Request<CheckBootChainRequest>("base@virt:boot-chain").Chain.Stages.Single()).ToArray();
        Assert.Equal(Enum.GetValues<BootFormat>().Order(), formats.Select(f => f.Format).Order());
        Assert.All(formats, f => Assert.Equal(("root", 0x100UL), (f.PartitionName, f.Images.Single().Below!.Value)));
    }

    [Fact]
    public void Every_partition_type_that_a_board_may_name_is_one_of_its_disks_and_the_reverse()
    {
        Assert.All(PartitionType.Names, name => Assert.Equal(PartitionType.Parse(name), Plan("partition-table: gpt\n", $"type: {name}").Partitions[0].Type));
        Assert.Equal(new PartitionType(null, 0x7f), Plan("partition-table: mbr\n", "type: 0x7f").Partitions[0].Type);
        var problem = WorkspaceReader.Read([new LayerText("", [new SourceText("boards/board.yaml", Board("", "type: wrong"))])], _ => true).Diagnostics.First(d => d.Message.Contains("`type`", StringComparison.Ordinal));
        Assert.Equal(PartitionType.Names.Order(StringComparer.Ordinal), Regex.Matches(problem.Message[problem.Message.IndexOf('[', StringComparison.Ordinal)..problem.Message.IndexOf(']', StringComparison.Ordinal)], "`(.*?)`").Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_attribute_that_a_board_may_name_is_one_of_its_disks()
    {
        var words = SchemaWords.Of("board", "partitions/*/attributes/*");
        Assert.Equal(Enum.GetValues<PartitionAttributes>().Aggregate((all, one) => all | one), PartitionAttributeNames.Parse(words));
        Assert.Equal(Enum.GetValues<PartitionAttributes>().Length - 1, words.Length);
    }
}
