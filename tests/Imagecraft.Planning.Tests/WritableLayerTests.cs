// Where what is written over a root file system that is only read is kept, and boards that have no sound place for it.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public sealed class WritableLayerTests
{
    private const string Image = "image: base\npackages: [ tool, overlay-init ]\n";

    private static readonly string Program = TestPlans.Recipe("overlay-init", "1.0", "system: script\n  steps: \"true\"", "overlay-init", "/**");

    [Theory]
    [InlineData("state, type: linux, size: 64 MiB, content: ext4", "partition")]
    [InlineData("data, type: linux, size: 64 MiB", "memory")]
    public void A_boot_must_show_the_layer_where_the_board_has_its_place(string partition, string place)
    {
        var build = Plan($"  - {{ name: {partition} }}\n");

        Assert.Empty(build.Diagnostics);
        Assert.Equal(place, build.Boot.Layer);
        Assert.Equal(place, build.Request<MakeRootFsRequest>("base@virt:rootfs").Layer);
    }

    [Fact]
    public void An_image_without_the_program_that_lays_it_has_no_layer() => Assert.Null(TestPlans.Plan().Boot.Layer);

    [Fact]
    public void A_partition_for_state_without_an_empty_file_system_is_told_with_the_remedy()
    {
        var problem = Assert.Single(Plan("  - { name: state, type: linux, size: 64 MiB }\n").Diagnostics);

        Assert.Equal(("IC0367", 11, "The image `base` keeps what is written on the partition `state` of `virt`, which has no empty file system"), (problem.Code, problem.Span!.Line, problem.Message));
        Assert.StartsWith("Write `content: ext4` and a `size`", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_for_state_that_no_table_names_is_told_with_the_remedy()
    {
        var problem = Assert.Single(Plan("  - { name: state, type: linux, size: 64 MiB, content: ext4 }\npartition-table: mbr\n").Diagnostics);

        Assert.Equal(("IC0368", "The image `base` finds the partition `state` of `virt` by its name, which an MBR does not hold"), (problem.Code, problem.Message));
        Assert.StartsWith("Write `partition-table: gpt`", problem.Hint, StringComparison.Ordinal);
    }

    private static ImageBuild Plan(string partitions) => TestPlans.Plan(
        ("images/base.yaml", Image), ("recipes/overlay-init.yaml", Program),
        ("boards/board.yaml", TestPlans.Text("boards/board.yaml").Replace("linux-root-arm64, content: rootfs.ext4", "linux, content: rootfs.ext4", StringComparison.Ordinal).Replace("accelerators: [ old, new ]\n", "", StringComparison.Ordinal) + partitions));
}
