// What a kernel would look for in vain is told while planning; what may well be right is not.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Tests;

public sealed class RootCheckTests
{
    private const string Two = "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /Image, artifact: Image } ] }\n  - { name: root, type: linux-root-arm64, content: rootfs }\n";
    private const string Virtio = "qemu: { system: aarch64, arguments: [ -append, \"$CMDLINE\", -drive, \"file=$DISK,format=raw,if=virtio\" ] }\n";
    private const string Card = "qemu: { system: aarch64, arguments: [ -append, \"$CMDLINE\", -drive, \"file=$DISK,format=raw,if=sd\" ] }\n";

    private static ImmutableArray<Diagnostic> Problems(string commandLine, string board, string image = "") => TestPlans.Plan(
        ("boards/board.yaml", $"board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: {commandLine}\nconsole: ttyAMA0\ndefault-image: base\n{board}"),
        ("images/base.yaml", $"image: base\npackages: [ tool ]\n{image}"),
        ("images/f.yaml", "feature: read-only\nroot: erofs\ncommand-line: ro\n"),
        ("recipes/qemu.yaml", "toolroot: qemu\nfeed: trixie\npackages: [ qemu ]\n"),
        ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ mtools ]\n"),
        ("recipes/firmware.yaml", TestPlans.Recipe("firmware", "1", "system: script\n  steps: make", "firmware", "/**"))).Diagnostics;

    [Theory]
    [InlineData("root=PARTLABEL=roto", Two, "IC0382", "`root=PARTLABEL=roto` names no partition of board `virt`")]
    [InlineData("root=PARTLABEL=boot", Two, "IC0382", "`root=PARTLABEL=boot` is partition `boot`, which holds boot files")]
    [InlineData("root=/dev/vda1", Two, "IC0382", "`root=/dev/vda1` is partition `boot`, which holds boot files")]
    [InlineData("root=/dev/mmcblk1p3", Two, "IC0382", "`root=/dev/mmcblk1p3` names no partition of board `virt`")]
    [InlineData("root=/dev/nvme0n1", Two, "IC0382", "`root=/dev/nvme0n1` is the whole disk, which begins with its partition table")]
    [InlineData("root=/dev/vd2", Two, "IC0382", "`root=/dev/vd2` is no name that the kernel gives to a disk or partition")]
    [InlineData("root=/dev/mmcblk0-2", Two, "IC0382", "`root=/dev/mmcblk0-2` is no name that the kernel gives to a disk or partition")]
    [InlineData("root=/dev/sda2", Two + Virtio, "IC0382", "`root=/dev/sda2` is not the disk: QEMU's machine has it as `/dev/vda`")]
    [InlineData("root=/dev/vdb2", Two + Virtio, "IC0382", "`root=/dev/vdb2` is not the disk: QEMU's machine has it as `/dev/vda`")]
    [InlineData("root=/dev/vda2", Two + Card, "IC0382", "`root=/dev/vda2` is not the disk: QEMU's machine has it as `/dev/mmcblk0`")]
    [InlineData("root=UUID=0a1b-2c3d", Two, "IC0382", "`root=UUID=0a1b-2c3d` means nothing to a kernel alone: only an initramfs knows `UUID=`")]
    [InlineData("root=/dev/disk/by-label/root", Two, "IC0382", "`root=/dev/disk/by-label/root` means nothing to a kernel alone: only an initramfs knows `/dev/disk/`")]
    [InlineData("root=PARTUUID=6b29fc40-ca47-1067-b31d-00dd010662da", Two, "IC0382", "`root=PARTUUID=6b29fc40-ca47-1067-b31d-00dd010662da` cannot be known beforehand: the identifiers of the disk follow from its content")]
    [InlineData("root=PARTLABEL=root", "partition-table: mbr\n" + Two, "IC0382", "`root=PARTLABEL=root` names a partition by its label, but the partitions of an MBR have none")]
    [InlineData("root=PARTLABEL=b", "partitions:\n  - { name: a, type: linux, content: rootfs, size: 1 GiB }\n  - { name: b, type: linux, size: 1 GiB }\n", "IC0382", "`root=PARTLABEL=b` is partition `b`, which is empty")]
    [InlineData("root=PARTLABEL=b", "partitions:\n  - { name: a, type: linux, content: rootfs }\n  - { name: b, type: linux, size: 8 MiB, content: ext4 }\n", "IC0382", "`root=PARTLABEL=b` is partition `b`, which holds an empty file system")]
    [InlineData("root=PARTLABEL=b", "partitions:\n  - { name: a, type: linux, content: rootfs }\n  - { name: b, type: linux, content: rootfs.ext4.zst }\n", "IC0382", "`root=PARTLABEL=b` is partition `b`, which holds `rootfs.ext4.zst`, which no kernel can mount")]
    [InlineData("root={roto}", Two, "IC0382", "`root={roto}` is no name that the kernel gives to a disk or partition")]
    [InlineData("root=$ROOT", "", "IC0382", "`root=$ROOT` stands for a partition, but board `virt` has none")]
    [InlineData("root=$ROOT", "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /Image, artifact: Image } ] }\n", "IC0380", "The disk of board `virt` has no root file system")]
    [InlineData("root=$ROOT", "partitions:\n  - { name: rescue, type: linux, package: firmware, file: /rescue.img }\n", "IC0382", "`root=$ROOT` needs a root file system that is made here, but partition `rescue` holds something else")]
    [InlineData("rootfstype=erofs root=$ROOT", Two, "IC0383", "`rootfstype=erofs` contradicts partition `root`, whose root file system is ext4")]
    [InlineData("rootfstype=erofs root=PARTLABEL=root", Two, "IC0383", "`rootfstype=erofs` contradicts partition `root`, whose root file system is ext4")]
    [InlineData("rootfstype=ext2,ext3 root=/dev/vda2", Two, "IC0383", "`rootfstype=ext2,ext3` contradicts partition `root`, whose root file system is ext4")]
    [InlineData("root=/dev/vda2 quiet root=PARTLABEL=roto", Two, "IC0382", "`root=PARTLABEL=roto` names no partition of board `virt`")]
    [InlineData("quiet", Two + Virtio, "IC0381", "Nothing tells the kernel of board `virt` where its root is")]
    [InlineData("quiet -- root=/dev/vda2", Two + Virtio, "IC0381", "Nothing tells the kernel of board `virt` where its root is")]
    [InlineData("root=PARTLABEL=boot", "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /Image, artifact: Image } ] }\n", "IC0380", "The disk of board `virt` has no root file system")]
    [InlineData("quiet", "partitions:\n  - { name: spl, type: 2e54b353-1271-4842-806f-e436d6af6985, package: firmware, file: /spl }\n", "IC0380", "The disk of board `virt` has no root file system")]
    [InlineData("quiet", "partitions:\n  - { name: archive, type: linux, content: rootfs.cpio.gz }\n", "IC0380", "The disk of board `virt` has no root file system")]
    public void A_root_that_no_kernel_finds_is_told_where_it_is_named(string commandLine, string board, string code, string message)
    {
        var problem = Assert.Single(Problems(commandLine, board));
        Assert.Equal((code, message, "boards/board.yaml"), (problem.Code, problem.Message, problem.Span!.File));
        Assert.NotEmpty(problem.Hint!);
    }

    [Fact]
    public void The_place_is_the_word_itself_and_the_hint_names_the_partitions()
    {
        var plain = Assert.Single(Problems("quiet root=PARTLABEL=roto rw", Two));
        Assert.Equal(("boards/board.yaml:4:21", 19), (plain.Span!.ToString(), plain.Span.Length));
        Assert.Equal("Write `root=$ROOT`; the partitions are [ 1 `boot`, 2 `root` ]", plain.Hint);
        Assert.EndsWith("`root` ]; with an initramfs of your own, say so by `rdinit=/init`", Assert.Single(Problems("root=UUID=1", Two)).Hint, StringComparison.Ordinal);

        Assert.Equal("boards/board.yaml:4:22", Assert.Single(Problems("\"quiet root=PARTLABEL=roto rw\"", Two)).Span!.ToString());
        Assert.Equal("boards/board.yaml:8:13", Assert.Single(Problems("quiet", "partitions:\n  - { name: boot, type: linux, size: 1 MiB }\n")).Span!.ToString());
    }

    [Fact]
    public void A_word_of_the_image_is_told_in_the_image_and_wins_over_the_boards()
    {
        var problem = Assert.Single(Problems("root=PARTLABEL=root", Two, "command-line: root=PARTLABEL=other\n"));
        Assert.Equal("images/base.yaml:3:15", problem.Span!.ToString());

        Assert.Equal("`rootfstype=ext4` contradicts partition `root`, whose root file system is erofs", Assert.Single(Problems("root=PARTLABEL=root rootfstype=ext4", Two, "features: [ read-only ]\n")).Message);
    }

    [Fact]
    public void Each_place_that_hands_the_command_line_on_is_looked_at()
    {
        const string entry = "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /entry.conf, text: \"title A\\noptions $CMDLINE root=PARTLABEL=slot-b\\n\" } ] }\n  - { name: slot-a, type: linux, content: rootfs }\n";

        Assert.Equal("`root=PARTLABEL=slot-b` names no partition of board `virt`", Assert.Single(Problems("root=PARTLABEL=slot-a", entry)).Message);
        Assert.Equal("boards/board.yaml:8:94", Assert.Single(Problems("root=PARTLABEL=slot-a", entry)).Span!.ToString());
        // The entry's own word comes last, so the board's counts for QEMU alone.
        Assert.Empty(Problems("root=PARTLABEL=nowhere", entry.Replace("slot-b", "slot-a", StringComparison.Ordinal)));
        Assert.Equal("`root=/dev/sda2` is not the disk: QEMU's machine has it as `/dev/vda`", Assert.Single(Problems("root=PARTLABEL=root", Two + Virtio.Replace("$CMDLINE", "$CMDLINE root=/dev/sda2", StringComparison.Ordinal))).Message);
    }

    [Theory]
    [InlineData("root=PARTLABEL=root rw rootfstype=ext4", Two)]
    [InlineData("root=/dev/vda2 rootfstype=erofs,ext4", Two + Virtio)]
    [InlineData("root=$ROOT rootfstype=ext4", Two + Virtio)]
    [InlineData("root=$ROOT", "partition-table: mbr\n" + Two)]
    [InlineData("root=/dev/mmcblk1p2", Two + Card)]
    [InlineData("root=/dev/mmcblk2p2", Two)]
    [InlineData("root=/dev/vda2", "partition-table: mbr\n" + Two)]
    // Another medium, another disk, or a loader that knows more.
    [InlineData("root=/dev/nfs ip=dhcp", Two)]
    [InlineData("root=/dev/sdb3", Two)]
    [InlineData("root=/dev/vdb", Two + "qemu: { system: aarch64, arguments: [ -append, \"$CMDLINE\", -drive, \"file=$DISK,if=virtio\", -drive, \"file=${FILE:rootfs.tar},if=virtio\" ] }\n")]
    [InlineData("root=/dev/mtdblock3 rootfstype=jffs2", Two)]
    [InlineData("root=fe01", Two)]
    [InlineData("root=shared rootfstype=virtiofs", Two)]
    [InlineData("quiet", Two)]
    [InlineData("root=/dev/nvme0n1p1", "formats: [ rootfs.ext4.zst ]\npartitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /Image, artifact: Image } ] }\n")]
    [InlineData("root=/dev/nfs", "partitions:\n  - { name: data, type: linux, size: 1 MiB }\n")]
    // Content that only the package knows.
    [InlineData("root=PARTLABEL=rescue", Two + "  - { name: rescue, type: linux, package: firmware, file: /rescue.img }\n")]
    [InlineData("root=PARTLABEL=rescue rootfstype=ext3", "partitions:\n  - { name: rescue, type: b921b045-1df0-41c3-af44-4c6f280d3fae, package: firmware, file: /rescue.img }\n")]
    // A root in memory.
    [InlineData("rdinit=/sbin/init", "partitions:\n  - { name: data, type: linux, size: 1 MiB }\n")]
    [InlineData("root=UUID=0a1b rdinit=/init", Two)]
    [InlineData("quiet", "formats: [ rootfs.cpio.gz ]\npartitions:\n  - { name: data, type: linux, size: 1 MiB }\n")]
    [InlineData("root=LABEL=x", Two + "qemu: { system: aarch64, arguments: [ -append, \"$CMDLINE\", -initrd, \"${FILE:rootfs.tar}\" ] }\n")]
    [InlineData("quiet", "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /entry.conf, text: \"initrd /i\\noptions $CMDLINE\" }, { path: /i, package: firmware, file: /i } ] }\n")]
    [InlineData("quiet", "partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /i, artifact: rootfs.cpio.zst } ] }\n")]
    // No disk at all.
    [InlineData("root=/dev/vda", "")]
    [InlineData("root=PARTLABEL=nowhere", "formats: [ rootfs.cpio ]\n")]
    public void What_may_be_right_is_not_told(string commandLine, string board) => Assert.Equal([], Problems(commandLine, board));

    [Fact]
    public void A_container_has_no_root_to_look_for() => Assert.Equal([], Problems("root=PARTLABEL=roto", Two, "init: none\n"));
}
