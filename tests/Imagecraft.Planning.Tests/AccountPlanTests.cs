// What only an image's plan shows: whose files packages bring, and whether its root file system fits the board.

namespace Imagecraft.Planning.Tests;

public class AccountPlanTests
{
    private const string Image = "image: base\npackages: [ tool ]\ngroups: [ { name: render, id: 105 } ]\nusers: [ { name: ml, id: 1000 } ]\n";

    private static (string, string) Tool(string attributes) => ("recipes/tool.yaml", TestPlans.Text("recipes/tool.yaml").Replace("files: [ \"/usr/bin/**\" ]", $"files: [ \"/usr/bin/**\" ], attributes: [ {attributes} ]", StringComparison.Ordinal));

    [Fact]
    public void Files_of_packages_belong_to_accounts_of_the_image() =>
        Assert.Empty(TestPlans.Plan(("images/base.yaml", Image), Tool("{ path: /usr/bin/tool, owner: ml, group: render }")).Diagnostics);

    [Theory]
    [InlineData("owner: mel", "Unknown user `mel`, who owns `/usr/bin/tool` in image `base`", "Did you mean `ml`?")]
    [InlineData("group: audio", "Unknown group `audio`, which `/usr/bin/tool` has in image `base`", "Declare it below `groups:` of the image; known are [ `disk`, `ml`, `nogroup`, `render`, `root`, `tty` ]")]
    public void Accounts_that_the_image_does_not_have_are_told_where_a_package_names_them(string rule, string message, string hint)
    {
        var problem = Assert.Single(TestPlans.Plan(("images/base.yaml", Image), Tool($"{{ path: /usr/bin/tool, {rule} }}")).Diagnostics);
        Assert.Equal((message, hint, "recipes/tool.yaml"), (problem.Message, problem.Hint, problem.Span?.File));
    }

    [Fact]
    public void The_group_of_a_device_node_is_one_of_the_image()
    {
        var problem = Assert.Single(TestPlans.Plan(("boards/old.yaml", "accelerator: old\nmodules: [ old-npu ]\ndevices: [ { path: /dev/npu, group: render } ]\n")).Diagnostics);
        Assert.Equal(("Unknown group `render`, which `/dev/npu` has in image `base`", "boards/old.yaml"), (problem.Message, problem.Span?.File));
    }

    [Theory]
    [InlineData("size: 64 MiB", "size: 64 MiB", null)]
    [InlineData("size: 65 MiB", "size: 64 MiB", "The root file system of image `base` has 68157440 bytes, 1048576 more than partition `root` of board `virt` with 67108864")]
    [InlineData("size: 65 MiB\nroot: erofs", "size: 64 MiB", "")]
    public void A_root_file_system_fits_its_partition(string image, string partition, string? message)
    {
        var build = TestPlans.Plan(("images/base.yaml", $"image: base\npackages: [ tool ]\n{image}\n"), ("boards/board.yaml", TestPlans.Text("boards/board.yaml").Replace("content: rootfs.ext4", $"content: rootfs, {partition}", StringComparison.Ordinal)));
        if (string.IsNullOrEmpty(message))
            Assert.DoesNotContain(build.Diagnostics, d => d.Code == "IC0374");
        else
            Assert.Equal((message, "images/base.yaml:3:7"), (Assert.Single(build.Diagnostics).Message, build.Diagnostics[0].Span?.ToString()));
    }
}
