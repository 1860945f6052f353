// What is planned for boards of one's own: device trees and overlays from source, FIT images, scripts, fragments, kernel images, old kernels.

using Imagecraft.Engine.Actions;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Tests;

public class OwnBoardPlanTests
{
    private const string Virt = "board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: console=ttyAMA0 quiet\nconsole: ttyAMA0\ndefault-image: base\n";

    private static readonly (string, string) MkImage = ("recipes/boot-images.yaml", "toolroot: boot-images\nfeed: trixie\npackages: [ u-boot-tools ]\n");

    private static ImageBuild Plan(string board, params (string, string)[] more)
    {
        var plan = TestPlans.Plan([("boards/board.yaml", Virt + board), ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ mtools ]\n"), MkImage, .. more]);
        Assert.Equal([], plan.Diagnostics);
        return plan;
    }

    [Theory]
    [InlineData("device-trees: [ acme/virt.dtb ]\nfit-images: [ { name: image.fit, device-trees: [ virt.dtb ], ramdisk: image.fit } ]\n", "`image.fit` is made of itself: [`image.fit`, `image.fit`]", 8)]
    [InlineData("device-trees: [ acme/virt.dtb ]\nfit-images: [ { name: image.fit, device-trees: [ virt.dtb ], ramdisk: image.fit.gz } ]\n", "`image.fit` is made of itself: [`image.fit`, `image.fit.gz`, `image.fit`]", 8)]
    [InlineData("partitions: [ { name: boot, type: esp, content: vfat, files: [ { path: /x, artifact: disk.img.zst } ] } ]\n", "`disk.img` is made of itself: [`disk.img`, `disk.img.zst`, `disk.img`]", 7)]
    [InlineData("partitions: [ { name: boot, type: esp, content: disk.img } ]\n", "`disk.img` is made of itself: [`disk.img`, `disk.img`]", 7)]
    public void What_is_made_of_itself_is_told_with_the_way_back(string board, string message, int line)
    {
        var plan = TestPlans.Plan([("boards/board.yaml", Virt + board), ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ mtools ]\n"), MkImage]);

        var problem = Assert.Single(plan.Diagnostics, d => d.Code == "IC0387");
        Assert.Equal((message, line, "Take it out of one of them"), (problem.Message, problem.Span!.Line, problem.Hint));
    }

    private static string Script(ImageBuild plan, string id) => string.Join(' ', plan.Process(id).Arguments);

    [Fact]
    public void A_device_tree_of_one_s_own_is_compiled_against_the_kernel_s_files_and_seen_with_what_it_includes()
    {
        var plan = Plan("device-trees: [ { source: desk.dts, includes: [ desk.dtsi ] } ]\n");

        Assert.Contains("/bin/bash /imagecraft/compile-device-tree /src arm64 boards/desk.dts ", Script(plan, "linux@virt:device-trees"), StringComparison.Ordinal);
        Assert.Contains(" scripts_dtc ", Script(plan, "linux@virt:device-trees"), StringComparison.Ordinal);
        Assert.DoesNotContain("check-device-trees", Script(plan, "linux@virt:device-trees"), StringComparison.Ordinal);
        Assert.All(["desk.dts", "desk.dtsi"], file => Assert.Contains(($"/imagecraft/device-trees/boards/{file}", "device tree source of the board virt"), plan.InputsOf("linux@virt:device-trees")));
        Assert.Equal(new(new("linux@virt:device-trees"), "desk.dtb"), plan.Artifacts["desk.dtb"]);
    }

    [Fact]
    public void The_kernel_s_device_trees_are_looked_for_before_anything_is_made()
    {
        var arguments = Plan("device-trees: [ acme/virt.dtb ]\noverlays: [ acme/fan.dtbo ]\n").Process("linux@virt:device-trees").Arguments;

        Assert.InRange(arguments.IndexOf("/imagecraft/check-device-trees"), 0, arguments.IndexOf("scripts_dtc"));
        Assert.Equal(["/src", "arm64", "acme/virt.dtb", "acme/fan.dtbo", ";;"], arguments[(arguments.IndexOf("/imagecraft/check-device-trees") + 1)..][..5]);
    }

    [Fact]
    public void Overlays_are_proven_to_fit_in_their_order_and_named_in_the_boot_configuration()
    {
        var plan = Plan("""
            device-trees: [ acme/virt.dtb, { source: acme/virt.dtb, overlays: [ qemu.dtso ], name: qemu.dtb } ]
            overlays: [ one.dtso, { source: two.dtso, name: second.dtbo } ]
            partitions:
              - name: boot
                type: esp
                size: 64 MiB
                content: vfat
                files:
                  - { path: /o/second.dtbo, artifact: second.dtbo }
                  - { path: /o/one.dtbo, artifact: one.dtbo }
                  - { path: /extlinux/extlinux.conf, text: "fdtoverlays $OVERLAYS" }
            formats: [ rootfs.ext4 ]

            """);

        var script = Script(plan, "linux@virt:device-trees");
        Assert.Contains("/imagecraft/overlay-device-tree /out/device-trees/virt.dtb /build/overlays/fits /out/device-trees/one.dtbo /out/device-trees/second.dtbo", script, StringComparison.Ordinal);
        // The one for QEMU has its own overlays, and no boot loader lays further ones over it.
        Assert.DoesNotContain("/imagecraft/overlay-device-tree /out/device-trees/qemu.dtb", script, StringComparison.Ordinal);
        var texts = plan.Graph!.Nodes[new("base@virt:vfat-boot")].Inputs.Select(i => i.Source).OfType<InputSource.Inline>().Select(i => i.Text);
        Assert.Contains("fdtoverlays /o/one.dtbo /o/second.dtbo", texts);
    }

    [Fact]
    public void A_FIT_image_has_kernel_trees_and_overlays_and_can_lie_on_the_disk()
    {
        var plan = Plan("""
            device-trees: [ a.dts, b.dts ]
            overlays: [ { source: c.dtso, onto: [ a.dtb ] } ]
            fit-images: [ { name: image.fit, device-trees: [ b.dtb, a.dtb ], overlays: [ c.dtbo ], load: "0x180200000", device-tree-load: "0x88000000", compression: gzip, ramdisk: rootfs.cpio.gz } ]
            partitions: [ { name: boot, type: esp, size: 64 MiB, content: vfat, files: [ { path: /image.fit, artifact: image.fit } ] } ]
            formats: [ rootfs.ext4 ]

            """);

        var node = plan.Graph!.Nodes[new("base@virt:fit-image.fit")];
        Assert.Equal(["/bin/bash", "/imagecraft/make-fit", "image.fit", "arm64", "gzip", "0x1 0x80200000", "0x0 0x88000000"], plan.Process("base@virt:fit-image.fit").Arguments);
        Assert.Equal("kernel\tImage\ntree\tb.dtb\ntree\ta.dtb\noverlay\tc.dtbo\nramdisk\trootfs.cpio.gz\n", Assert.IsType<InputSource.Inline>(node.Inputs.Single(i => i.MountPath == "/files.list").Source).Text);
        Assert.Contains(node.Inputs, i => i.MountPath == "/files/Image" && i.Source is InputSource.OutputOf { Action.Value: "linux@virt:build" });
        Assert.Contains(plan.Graph.Nodes[new("base@virt:vfat-boot")].Inputs, i => i.Source is InputSource.OutputOf { Action.Value: "base@virt:fit-image.fit" });
        Assert.Contains("image.fit", plan.Artifacts.Keys);
    }

    [Fact]
    public void A_script_for_U_Boot_is_made_though_no_partition_has_it()
    {
        var plan = Plan("boot-scripts: [ { name: boot.scr, text: \"setenv bootargs $CMDLINE; load $KERNEL\" } ]\n");

        Assert.Equal(["/bin/bash", "/imagecraft/make-boot-script", "boot.scr", "arm64"], plan.Process("base@virt:script-boot.scr").Arguments);
        Assert.Contains(plan.Graph!.Nodes[new("base@virt:script-boot.scr")].Inputs, i => i.Source is InputSource.Inline { Text: "setenv bootargs console=ttyAMA0 quiet; load Image" });
        Assert.Contains("boot.scr", plan.Artifacts.Keys);
    }

    [Fact]
    public void What_makes_them_is_within_reach_of_boards_that_have_them_alone()
    {
        var workspace = TestPlans.Workspace(("boards/board.yaml", Virt + "boot-scripts: [ { name: boot.scr, text: boot } ]\n"), ("boards/second.yaml", Virt.Replace("virt", "second", StringComparison.Ordinal)), MkImage);

        Assert.Contains(new DocumentId(KindNames.ToolRoot, "boot-images"), Needs.Of(workspace, "virt", "base", [], []));
        Assert.DoesNotContain(new DocumentId(KindNames.ToolRoot, "boot-images"), Needs.Of(workspace, "second", "base", [], []));
    }

    [Fact]
    public void A_board_s_fragments_come_after_those_of_its_boot_loader()
    {
        var loader = ("recipes/loader.yaml", TestPlans.Recipe("loader", "1", "system: kconfig\n  per-board: true\n  config: defconfig\n  fragments: [ loader.config ]", "loader", "/**"));
        var plan = Plan("build-fragments: { loader: [ mine.config ] }\nartifacts: [ { name: l, package: loader, file: /l } ]\n", loader);

        Assert.Equal(["fragment of loader", "fragment of the board virt"], plan.InputsOf("loader@virt:fragments").Select(i => i.Reason));
    }

    [Fact]
    public void A_board_boots_another_image_of_the_kernel_s_build()
    {
        var plan = Plan("kernel-image: vmlinuz.efi\n");

        Assert.Contains("vmlinuz.efi", plan.Process("linux@virt:build").Arguments);
        Assert.Contains("/build/arch/arm64/boot/vmlinuz.efi", plan.Process("linux@virt:build").Arguments);
        Assert.Contains("vmlinuz.efi", plan.Artifacts.Keys);
        Assert.DoesNotContain("Image", plan.Artifacts.Keys);
    }

    // U-Boot and UEFI unpack it, and the kernel itself stays what all boards share.
    [Fact]
    public void A_packed_kernel_is_an_artifact_like_any_other()
    {
        var plan = Plan("partitions: [ { name: boot, type: esp, size: 64 MiB, content: vfat, files: [ { path: /Image.gz, artifact: Image.gz } ] } ]\nformats: [ rootfs.ext4 ]\n");

        Assert.Contains("Image.gz", plan.Artifacts.Keys);
        Assert.DoesNotContain("Image.gz", plan.Process("linux@virt:build").Arguments);
    }
}
