// A board of one's own with a device tree and an overlay of its own, built by the real command line and booted by U-Boot: by extlinux, and by a script from a FIT image. What is made is also seen by mkimage and fdtdump.

using CliWrap.Buffered;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.EndToEnd.Tests;

public sealed class OwnTreeTests : IDisposable
{
    // The kernel of the image that the tests boot: it comes from the cache, because its fragments are equal.
    private const string Image = "image: tree\npackages: [ base-files, busybox ]\nkernel-fragments: [ ../../../images/edge-ml/cgroups.config, ../../../images/features/profiling.config ]\ngroups: [ { name: render, id: 105 } ]\nusers: [ { name: root, id: 0, home: /root, shell: /bin/sh, password: \"\" } ]\n";

    // U-Boot for QEMU has no place for device trees that it loads; the fragment gives it one.
    private const string Fragment = "CONFIG_PREBOOT=\"setenv fdt_addr_r 0x48000000; setenv fdtoverlay_addr_r 0x49000000\"\n";

    private const string Extlinux = """
              - { path: /desk.dtb, artifact: desk.dtb }
              - { path: /overlays/note.dtbo, artifact: note.dtbo }
              - { path: /Image, artifact: Image }
              - path: /extlinux/extlinux.conf
                text: |
                  default linux
                  label linux
                    kernel /Image
                    fdt /desk.dtb
                    fdtoverlays $OVERLAYS
                    append $CMDLINE by=extlinux

        """;

    private const string Script = """
              - { path: /image.fit, artifact: image.fit }
              - { path: /boot.scr, artifact: boot.scr }
        fit-images: [ { name: image.fit, device-trees: [ desk.dtb ], overlays: [ note.dtbo ], device-tree-load: "0x48000000" } ]
        boot-scripts:
          - name: boot.scr
            text: |
              load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} /image.fit
              setenv bootargs $CMDLINE by=script
              bootm ${kernel_addr_r}#conf-desk.dtb#conf-note.dtbo

        """;

    private readonly RepositoryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task A_tree_of_one_s_own_with_an_overlay_is_what_the_kernel_sees_when_extlinux_names_them()
    {
        Desk(Extlinux);
        await PassesAsync("by=extlinux");

        var source = await ToolAsync("fdtdump", "desk.dtb");
        Assert.Contains("model = \"A desk\";", source, StringComparison.Ordinal);
        Assert.Contains("__symbols__", source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_boots_a_FIT_image_that_mkimage_reads()
    {
        Desk(Script);
        await PassesAsync("by=script");

        var image = await ToolAsync("mkimage", "-l", "image.fit");
        Assert.Contains("Default Configuration: 'conf-desk.dtb'", image, StringComparison.Ordinal);
        Assert.Contains("Configuration 1 (conf-note.dtbo)", image, StringComparison.Ordinal);
        Assert.Contains("Kernel Image (no loading done)", image, StringComparison.Ordinal);
        Assert.Equal(3, image.Split("Hash algo:    sha256").Length - 1);
        Assert.Contains("AArch64 Linux Script (uncompressed)", await ToolAsync("mkimage", "-l", "boot.scr"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compatible = \"linux,dummy-virt\";", "compatible = \"linux,dummy-virt\"", "layers/mine/boards/desk.dts:9.2-|syntax error")]
    [InlineData("interrupts = <GIC_SPI 1 IRQ", "interrupts = <&gone 1 IRQ", "Reference to non-existent node or label \"gone\"")]
    [InlineData("#include \"desk.dtsi\"", "#include \"imx8mp.dtsi\"", "layers/mine/boards/desk.dts:4:10: fatal error: imx8mp.dtsi: No such file or directory|as in `#include \"freescale/imx8mp.dtsi\"`")]
    [InlineData("#include \"desk.dtsi\"", "#include \"absent.dtsi\"", "layers/mine/boards/desk.dts:4:10: fatal error: absent.dtsi|list a file of your own below `includes:` of the device tree")]
    public async Task What_is_wrong_in_a_tree_is_told_with_its_own_line(string right, string wrong, string told)
    {
        Desk(Extlinux);
        _workspace.Write("layers/mine/boards/desk.dts", DeskTree.Source.Replace(right, wrong, StringComparison.Ordinal));
        await FailsAsync(told.Split('|'));
    }

    [Fact]
    public async Task An_overlay_that_does_not_fit_names_the_label()
    {
        Desk(Extlinux);
        _workspace.Write("layers/mine/boards/note.dtso", DeskTree.Overlay.Replace("&{/}", "&camera", StringComparison.Ordinal));
        await FailsAsync("The overlays of fits do not fit desk.dtb", "No such label: camera");
    }

    [Fact]
    public async Task A_name_that_the_kernel_does_not_have_is_told_with_those_that_are_like_it()
    {
        Desk(Extlinux, "freescale/imx8mp-ekv.dtb, ");
        await FailsAsync("The kernel's sources have no `freescale/imx8mp-ekv.dtb` below arch/arm64/boot/dts", "freescale/imx8mp-evk.dtb");
    }

    private void Desk(string files, string trees = "")
    {
        _workspace.Write("layers/mine/images/tree.yaml", Image);
        _workspace.Write("layers/mine/boards/desk.config", Fragment);
        _workspace.Write("layers/mine/boards/desk.dts", DeskTree.Source);
        _workspace.Write("layers/mine/boards/desk.dtsi", DeskTree.Include);
        _workspace.Write("layers/mine/boards/note.dtso", DeskTree.Overlay);
        _workspace.Write("layers/mine/boards/desk.yaml", $$"""
            board: desk
            architecture: arm64
            cpu-flags: [ -mcpu=cortex-a57 ]
            kernel: linux
            kernel-fragments: [ ../../../boards/platforms/virt-arm.config ]
            command-line: "console=ttyAMA0 kpti=off root=$ROOT rw panic=-1"
            console: ttyAMA0
            accelerators: [ etnaviv, qaic, rocket ]
            default-image: tree
            device-trees: [ {{trees}}{ source: desk.dts, includes: [ desk.dtsi ] } ]
            overlays: [ { source: note.dtso, onto: [ desk.dtb ] } ]
            variables: { UBOOT_CONFIG: qemu_arm64_defconfig, UBOOT_ARCH: arm, UBOOT_FILES: u-boot-nodtb.bin }
            build-fragments: { u-boot: [ desk.config ] }
            artifacts:
              - { name: u-boot.bin, package: u-boot, file: /usr/lib/u-boot/u-boot.bin }
              - { name: u-boot-nodtb.bin, package: u-boot, file: /usr/lib/u-boot/u-boot-nodtb.bin }
            qemu:
              system: aarch64
              without: [ etnaviv, qaic, rocket ]
              arguments: [ -machine, "virt,gic-version=3", -cpu, cortex-a57, -smp, "1", -m, 384M, -bios, "${FILE:u-boot.bin}", -drive, "if=none,id=disk,file=$DISK,format=raw,snapshot=on", -device, "virtio-blk-device,drive=disk", -netdev, "user,id=net0", -device, "virtio-net-device,netdev=net0", -display, none, -no-reboot ]
            # The tree has no host for PCI Express, so nobody asks for an address.
            without-checks: [ network ]
            checks:
              - { name: tree-of-its-own, run: "cat /proc/device-tree/model", contains: [ "A desk" ] }
              - { name: overlay, run: "cat /proc/device-tree/note/text", contains: [ "laid over" ] }
            partitions:
              - { name: root, type: linux-root-arm64, offset: 80 MiB, content: rootfs.ext4 }
              - name: boot
                type: esp
                offset: 1 MiB
                size: 64 MiB
                content: vfat
                attributes: [ bootable ]
                files:

            """ + files);
    }

    private async Task PassesAsync(string way)
    {
        var result = await _workspace.RunAsync("check", "--board", "desk", "--locked", "--filter", "desk");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("passed  desk: overlay", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains(way, await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "out", "desk", "tree", "check", "console.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task FailsAsync(params string[] told)
    {
        var result = await _workspace.RunAsync("build", "linux:device-trees", "--board", "desk", "--locked");

        Assert.Equal(3, result.ExitCode);
        Assert.All(told, text => Assert.Contains(text, result.StandardOutput + result.StandardError, StringComparison.Ordinal));
    }

    private async Task<string> ToolAsync(string name, params string[] arguments)
    {
        var root = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_BOOT_ROOT") is { Length: > 0 } set ? set : throw new InvalidOperationException("`IMAGECRAFT_TEST_BOOT_ROOT` is not set; run the tests by `./build.sh test`, or set it to the tool root `boot-images`");
        var tool = ToolRootProgram.Find(root, $"/usr/bin/{name}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        var result = await CliWrap.Cli.Wrap(tool.Program).WithArguments([.. tool.Arguments, .. arguments])
            .WithWorkingDirectory(Path.Combine(_workspace.Root, "out", "desk", "tree"))
            .ExecuteBufferedAsync(limit.Token);
        return result.StandardOutput;
    }
}
