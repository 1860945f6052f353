// What a board of one's own brings: device trees and overlays from source, fragments for its boot loader, FIT images, scripts.

using Imagecraft.Metadata.Diagnostics;

namespace Imagecraft.Metadata.Tests;

public class OwnBoardTests
{
    const string Board = "board: b\narchitecture: arm64\nkernel: linux\ncommand-line: quiet\nconsole: ttyAMA0\ndefault-image: i\n";

    const string Disk = "partitions: [ { name: boot, type: esp, size: 64 MiB, content: vfat, files: [ { path: /o/cam.dtbo, artifact: cam.dtbo }, { path: /c.conf, text: \"fdtoverlays $OVERLAYS\" } ] } ]\n";

    static TestWorkspace Desk(string board) => new TestWorkspace()
        .Add("boards/arm64.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("boards/b.yaml", Board + board)
        .Add("boards/desk.dts", "")
        .Add("boards/desk.dtsi", "")
        .Add("boards/my desk.dts", "")
        .Add("boards/cam.dtso", "")
        .Add("boards/secure.config", "")
        .Add("images/i.yaml", "image: i")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc ]")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig }")
        .Add("recipes/loader.yaml", "recipe: loader\nversion: 1\nlicense: MIT\nbuild: { system: kconfig, per-board: true, config: $LOADER_CONFIG }\npackages: [ { name: loader, files: [ /** ] } ]")
        .Add("recipes/tool.yaml", "recipe: tool\nversion: 1\nlicense: MIT\nbuild: { system: make }");

    [Fact]
    public void A_device_tree_of_one_s_own_is_a_file_and_the_kernel_s_is_a_name()
    {
        var board = Desk("device-trees: [ acme/b.dtb, desk.dts, { source: desk.dts, includes: [ desk.dtsi ], name: other.dtb } ]\n").Good().Boards["b"];

        Assert.Equal([("acme/b.dtb", "b.dtb", false), ("boards/desk.dts", "desk.dtb", true), ("boards/desk.dts", "other.dtb", true)], board.DeviceTrees.Select(t => (t.Source.Value, t.Name, t.IsOwn)));
        Assert.Equal("boards/desk.dtsi", board.DeviceTrees[2].Includes.Single().Value);
    }

    [Fact]
    public void Overlays_are_listed_in_their_order_and_fit_the_trees_that_they_name()
    {
        var board = Desk("device-trees: [ desk.dts, acme/b.dtb ]\noverlays: [ cam.dtso, { source: acme/fan.dtbo, onto: [ b.dtb ] } ]\n" + Disk).Good().Boards["b"];

        Assert.Equal([("cam.dtbo", true), ("fan.dtbo", false)], board.Overlays.Select(o => (o.Name, o.IsOwn)));
        Assert.Equal([(true, false), (true, true)], board.DeviceTrees.Select(t => (board.Overlays[0].Fits(t), board.Overlays[1].Fits(t))));
        Assert.Equal(["/o/cam.dtbo"], Model.OverlayPaths.Of(board, board.Partitions[0]));
    }

    [Fact]
    public void A_FIT_image_names_the_trees_and_overlays_of_its_board()
    {
        var image = Assert.Single(Desk("device-trees: [ desk.dts ]\noverlays: [ cam.dtso ]\nfit-images: [ { name: image.fit, device-trees: [ desk.dtb ], overlays: [ cam.dtbo ], load: \"0x40200000\", device-tree-load: \"0x48000000\", compression: gzip, ramdisk: rootfs.cpio.gz } ]\nboot-scripts: [ { name: boot.scr, text: \"bootm $KERNEL\" } ]\n").Good().Boards["b"].FitImages);

        Assert.Equal((0x40200000UL, 0x48000000UL, true, "rootfs.cpio.gz"), (image.Load!.Value, image.DeviceTreeLoad!.Value, image.IsPacked, image.Ramdisk!.Value));
    }

    [Fact]
    public void A_board_has_fragments_for_its_boot_loader_and_a_kernel_image_of_its_own()
    {
        var workspace = Desk("build-fragments: { loader: [ secure.config ] }\nkernel-image: vmlinuz.efi\n").Good();
        var board = workspace.Boards["b"];

        Assert.Equal("boards/secure.config", board.BuildFragments["loader"].Single().Value);
        Assert.Equal("vmlinuz.efi", board.KernelImageOf(workspace.Architectures["arm64"]));
    }

    [Theory]
    [InlineData("device-trees: [ gone.dts ]", "An item of `device-trees` names `gone.dts`, but there is no file `boards/gone.dts`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ { source: gone.dts } ]", "`source` names `gone.dts`, but there is no file `boards/gone.dts`", "boards/b.yaml:7:27")]
    [InlineData("device-trees: [ desk.dtb ]", "An item of `device-trees` names `desk.dtb` of the kernel's sources, but beside the board lies `boards/desk.dts`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ acme/desk ]", "An item of `device-trees` must be one of the kernel's sources such as `freescale/imx8mp-evk.dtb`, or a source of your own that ends with `.dts`, not `acme/desk`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ cam.dtso ]", "An item of `device-trees` must be one of the kernel's sources such as `freescale/imx8mp-evk.dtb`, or a source of your own that ends with `.dts`, not `cam.dtso`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ { source: desk.dts, includes: [ gone.dtsi ] } ]", "An item of `includes` names `gone.dtsi`, but there is no file `boards/gone.dtsi`", "boards/b.yaml:7:49")]
    [InlineData("device-trees: [ desk.dts ]\noverlays: [ gone.dtso ]", "An item of `overlays` names `gone.dtso`, but there is no file `boards/gone.dtso`", "boards/b.yaml:8:13")]
    [InlineData("device-trees: [ desk.dts ]\noverlays: [ { source: cam.dtso, onto: [ b.dtb ] } ]", "The board has no device tree `b.dtb`", "boards/b.yaml:8:41")]
    [InlineData("overlays: [ cam.dtso ]", "Overlay `cam.dtbo` fits no device tree of the board", "boards/b.yaml:7:13")]
    [InlineData("device-trees: [ desk.dts ]\noverlays: [ { source: cam.dtso, name: desk.dtb } ]", "Overlay `desk.dtb` stands twice", "boards/b.yaml:8:39")]
    [InlineData("device-trees: [ desk.dts ]\n" + Disk, "`$OVERLAYS` of `/c.conf` names nothing, because partition `boot` has no overlay", "boards/b.yaml:8:144")]
    [InlineData("device-trees: [ desk.dts ]\nfit-images: [ { name: f, device-trees: [ b.dtb ] } ]", "The board has no device tree `b.dtb`", "boards/b.yaml:8:42")]
    [InlineData("device-trees: [ desk.dts ]\nfit-images: [ { name: f, device-trees: [ desk.dtb ], overlays: [ cam.dtbo ], device-tree-load: \"0x48000000\" } ]", "The board has no overlay `cam.dtbo`", "boards/b.yaml:8:66")]
    [InlineData("fit-images: [ { name: f, device-trees: [] } ]", "`device-trees` must have at least one item", "boards/b.yaml:7:40")]
    [InlineData("device-trees: [ desk.dts ]\nfit-images: [ { name: f, device-trees: [ desk.dtb ], compression: gzip } ]", "FIT image `f` has a packed kernel, but no `load`", "boards/b.yaml:8:23")]
    [InlineData("device-trees: [ desk.dts ]\noverlays: [ cam.dtso ]\nfit-images: [ { name: f, device-trees: [ desk.dtb ], overlays: [ cam.dtbo ] } ]", "FIT image `f` has overlays, but no `device-tree-load`", "boards/b.yaml:9:23")]
    [InlineData("boot-scripts: [ { name: boot.scr, text: \"run $CMDLNE\" } ]", "Unknown variable `$CMDLNE` in `text`", "boards/b.yaml:7:41")]
    [InlineData("build-fragments: { loader: [ gone.config ] }", "An item of `loader` of `build-fragments` names `gone.config`, but there is no file `boards/gone.config`", "boards/b.yaml:7:30")]
    [InlineData("build-fragments: { loadr: [ secure.config ] }", "Unknown recipe `loadr`, which board `b` configures with fragments of its own", "boards/b.yaml:7:29")]
    [InlineData("build-fragments: { tool: [ secure.config ] }", "Recipe `tool` is no kconfig program that is built per board, so board `b` cannot give it fragments", "boards/b.yaml:7:28")]
    [InlineData("build-fragments: { linux: [ secure.config ] }", "Recipe `linux` is no kconfig program that is built per board, so board `b` cannot give it fragments", "boards/b.yaml:7:29")]
    [InlineData("device-trees: [ { source: desk.dts, name: Image } ]", "Device tree `Image` has the name of the kernel's image", "boards/b.yaml:7:43")]
    [InlineData("kernel-image: vmlinuz.efi\nboot-scripts: [ { name: vmlinuz.efi, text: x } ]", "Boot script `vmlinuz.efi` has the name of the kernel's image", "boards/b.yaml:8:25")]
    [InlineData("device-trees: [ { source: desk.dts, name: disk.img.bmap } ]", "Device tree `disk.img.bmap` has the name of something that the build makes itself", "boards/b.yaml:7:43")]
    [InlineData("device-trees: [ desk.dts ]\nfit-images: [ { name: manifest.json, device-trees: [ desk.dtb ] } ]", "FIT image `manifest.json` has the name of something that the build makes itself", "boards/b.yaml:8:23")]
    [InlineData("artifacts: [ { name: kernel.config, package: loader, file: /x } ]", "Artifact `kernel.config` has the name of something that the build makes itself", "boards/b.yaml:7:22")]
    [InlineData("device-trees: [ desk.dts ]\nartifacts: [ { name: desk.dtb, package: loader, file: /x } ]", "Artifact `desk.dtb` stands twice", "boards/b.yaml:8:22")]
    [InlineData("boot-scripts: [ { name: rootfs.ext4.zst, text: x } ]", "Boot script `rootfs.ext4.zst` has the name of something that the build makes itself", "boards/b.yaml:7:25")]
    [InlineData("device-trees: [ acme/../../../../x.dtb ]", "An item of `device-trees` must be one of the kernel's sources such as `freescale/imx8mp-evk.dtb`, or a source of your own that ends with `.dts`, not `acme/../../../../x.dtb`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ 'acme/a b$(x).dtb' ]", "An item of `device-trees` must be one of the kernel's sources such as `freescale/imx8mp-evk.dtb`, or a source of your own that ends with `.dts`, not `acme/a b$(x).dtb`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ acme/.dtb ]", "An item of `device-trees` must be one of the kernel's sources such as `freescale/imx8mp-evk.dtb`, or a source of your own that ends with `.dts`, not `acme/.dtb`", "boards/b.yaml:7:17")]
    [InlineData("device-trees: [ 'my desk.dts' ]", "An item of `device-trees` names `my desk.dts`, whose result would have that name, but files beside the disk have names of letters, digits and `._+,-`", "boards/b.yaml:7:17")]
    [InlineData("kernel-image: Imag", "The kernel makes no image `Imag` for `arm64`", "boards/b.yaml:7:15")]
    [InlineData("kernel-image: bzImage", "The kernel makes no image `bzImage` for `arm64`", "boards/b.yaml:7:15")]
    [InlineData("kernel-image: boot/Image", "`kernel-image` must be a file name of letters, digits and `._-`, not `boot/Image`", "boards/b.yaml:7:15")]
    public void What_is_wrong_is_told_while_reading_with_its_place(string board, string message, string place)
    {
        var problem = Assert.Single(Desk(board + "\n").Read().Diagnostics);

        Assert.Equal((message, place), (problem.Message, problem.Span!.ToString()));
    }

    [Fact]
    public void A_name_of_the_build_s_own_says_which_they_are() =>
        Assert.EndsWith("`manifest.json`, `report.html` ] and all that begin with `rootfs.` and `disk.img.`", Assert.Single(Desk("boot-scripts: [ { name: disk.img, text: x } ]\n").Read().Diagnostics).Hint, StringComparison.Ordinal);

    [Theory]
    [InlineData("device-trees: [ desk.dtb ]", "Write `desk.dts` for the board's own, or rename it")]
    [InlineData("device-trees: [ cam.dtso ]", "Overlays stand in `overlays:`, of the board or of the device tree that they are laid over")]
    [InlineData("device-trees: [ acme/desk ]", "Write `acme/desk.dtb` if it is of the kernel's sources")]
    [InlineData("device-trees: [ desk.dts ]\noverlays: [ desk.dts ]", "Device trees stand in `device-trees:`")]
    [InlineData("device-trees: [ desk.dts ]\noverlays: [ { source: cam.dtso, onto: [ dek.dtb ] } ]", "Did you mean `desk.dtb`?")]
    [InlineData("build-fragments: { linux: [ secure.config ] }", "A kernel's fragments stand in `kernel-fragments:`")]
    public void And_with_the_remedy(string board, string hint) => Assert.Equal(hint, Assert.Single(Desk(board + "\n").Read().Diagnostics).Hint);
}
