// What a board says of its disk, and what cannot be right about it.

namespace Imagecraft.Metadata.Tests;

public class DiskTests
{
    private static TestWorkspace Board(string disk) => new TestWorkspace()
        .Add("recipes/feed.yaml", "feed: trixie\nsuite: trixie\ncomponents: [ main ]\n")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: trixie\npackages: [ gcc ]\n")
        .Add("boards/a.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 1.0\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: tinyconfig }\npackages: [ { name: loader, files: [ \"/**\" ] } ]\n")
        .Add("images/base.yaml", "image: base\n")
        .Add("boards/b.yaml", $"board: b\narchitecture: arm64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: base\n{disk}");

    [Fact]
    public void A_disk_has_slots_files_raw_partitions_and_blobs()
    {
        var board = Board("""
            formats: [ rootfs.erofs ]
            partitions:
              - { name: loader, type: 2E54B353-1271-4842-806F-E436D6AF6985, offset: 2 MiB, size: 2 MiB, package: loader, file: /boot/spl }
              - { name: boot, type: esp, size: 64 MiB, content: vfat, files: [ { path: /a, text: b }, { path: /dtb/, package: loader, file: "/dtb/*" } ] }
              - { name: root-a, type: linux-root-arm64, content: rootfs.ext4, size: 1 GiB, attributes: [ bootable ] }
              - { name: root-b, type: linux-root-arm64, size: 1 GiB, attributes: [ no-auto ] }
            blobs:
              - { name: idb, offset: 32 KiB, size: 512 KiB, package: loader, file: /boot/idb }
            """).Good().Boards["b"];
        Assert.Equal("/boot/spl", board.Partitions[0].Raw!.File.Value);
        Assert.Equal(["/a", "/dtb/"], board.Partitions[1].Files.Select(f => f.Path.Value));
        Assert.Equal("bootable", Assert.Single(board.Partitions[2].Attributes).Value);
        Assert.Equal(32 << 10, board.Blobs[0].Offset.Value);
        Assert.Equal("rootfs.erofs", Assert.Single(board.Formats).Value);
    }

    [Fact]
    public void A_disk_may_be_for_large_sectors_and_fill_the_machines_to_its_last_byte()
    {
        var board = Board("""
            sector-size: 4096
            blobs: [ { name: spl, offset: 24 KiB, package: loader, file: /spl } ]
            partitions:
              - { name: one, type: linux, size: 62 MiB }
              - { name: two, type: linux, content: rootfs }
            qemu: { system: aarch64, disk-size: 64 MiB, arguments: [ -drive, "file=$DISK,format=raw,if=none,id=d", -device, "nvme,drive=d,serial=1,logical_block_size=4096" ] }
            """).Good().Boards["b"];
        Assert.Equal((4096, 24576L, 64L << 20), (board.SectorSize!.Value, Model.DiskSize.TableOf(board), Model.DiskSize.Least(board, partition => partition.Size?.Value)));
    }

    [Fact]
    public void A_partition_may_have_an_identifier_and_a_ROM_read_the_boot_record()
    {
        var board = Board("""
            partitions: [ { name: fip, type: linux, size: 1 MiB, id: 4FD84C93-54ef-463f-a7ef-ae25ff887087 } ]
            blobs: [ { name: bootinfo, offset: 0, size: 80, package: loader, file: /bootinfo } ]
            """).Good().Boards["b"];
        Assert.Equal("4FD84C93-54ef-463f-a7ef-ae25ff887087", board.Partitions[0].Id!.Value);
        Assert.Equal(0, board.Blobs[0].Offset.Value);
    }

    [Theory]
    [InlineData("partitions: [ { name: a, type: linux, size: 1 MiB, id: x } ]", "`id` must be a GUID such as `4fd84c93-54ef-463f-a7ef-ae25ff887087`, not `x`")]
    [InlineData("partitions: [ { name: a, type: linux, size: 1 MiB, id: 4fd84c93-54ef-463f-a7ef-ae25ff887087 }, { name: b, type: linux, size: 1 MiB, id: 4FD84C93-54EF-463F-A7EF-AE25FF887087 } ]", "Partitions `a` and `b` have the same `id`")]
    [InlineData("partition-table: mbr\npartitions: [ { name: a, type: linux, size: 1 MiB, id: 4fd84c93-54ef-463f-a7ef-ae25ff887087 } ]", "Partition `a` has an `id`, which an MBR cannot say")]
    [InlineData("partitions: [ { name: a, type: linux, content: rootfs, id: 4fd84c93-54ef-463f-a7ef-ae25ff887087 } ]", "Partition `a` has the root file system, whose `id` the build makes of its content")]
    [InlineData("partitions: [ { name: a, type: linux, size: 1 MiB } ]\nblobs: [ { name: bootinfo, offset: 0, size: 441, package: loader, file: /bootinfo } ]", "Blob `bootinfo` starts at byte 0, within the partition table (GPT), which takes 0 to 17407")]
    public void An_identifier_or_a_place_in_the_boot_record_that_cannot_be_is_told(string disk, string message) =>
        Assert.Equal(message, Assert.Single(Board(disk).Read().Diagnostics).Message);

    [Theory]
    [InlineData("blobs: [ { name: spl, offset: 8 KiB, package: loader, file: /spl } ]", "Blob `spl` starts at byte 8192, within the partition table (GPT), which takes 0 to 17407", "Give it an `offset` of 17408 or more")]
    [InlineData("partition-table: mbr\nblobs: [ { name: spl, offset: 0, package: loader, file: /spl } ]", "Blob `spl` starts at byte 0, within the partition table, which takes 0 to 511", "Give it an `offset` of 512 or more")]
    [InlineData("blobs: [ { name: spl, offset: 33000, package: loader, file: /spl } ]", "The offset of blob `spl` is 33000 bytes, no whole sectors of 512", "starts at 32768")]
    [InlineData("partitions: [ { name: one, type: linux, offset: 1 MiB, size: 4 MiB }, { name: two, type: linux, offset: 2 MiB, size: 1 MiB } ]", "Partition `two` starts at byte 2097152, within partition `one`, which takes 1048576 to 5242879", "Give it an `offset` of 5242880 or more")]
    [InlineData("partition-table: mbr\npartitions: [ { name: one, type: linux, size: 1 MiB, attributes: [ read-only ] } ]", "Partition `one` is `read-only`, which an MBR cannot say", "use `partition-table: gpt`")]
    [InlineData("partitions: [ { name: one, type: linux, size: 1 MiB, attributes: [ grow ] }, { name: two, type: linux, size: 1 MiB } ]", "Partition `one` cannot grow: `two` lies behind it", "Make it the last one")]
    [InlineData("partitions: [ { name: one, type: linux, offset: 1 MiB, size: 1 MiB, attributes: [ grow ] }, { name: two, type: linux, offset: 8 MiB, size: 1 MiB } ]", "Partition `one` cannot grow: `two` lies behind it", "Make it the last one")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /x, text: y } ], attributes: [ grow ] } ]", "Partition `one` is a `vfat` file system, which cannot grow", "give its whole size")]
    [InlineData("partitions: [ { name: one, type: linux, content: rootfs, mount: /data } ]", "Partition `one` has `mount`, but no file system that is made for it", "Write `content: ext4`")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount-options: [ noatime ] } ]", "Partition `one` has `mount-options`, but nothing mounts it", "Add `mount:`")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: /data, attributes: [ no-auto ] } ]", "Partition `one` has `mount`, but its attribute `no-auto` says that nothing mounts it", "Remove one of them")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: /run/data } ]", "that is not / and not in [ `/proc`", "boards/b.yaml")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: / } ]", "must be an absolute folder such as `/data`", "boards/b.yaml")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: /a }, { name: two, type: linux, content: ext4, size: 1 MiB, mount: /a } ]", "Partitions `one` and `two` are both mounted in `/a`", "give one of them another folder")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: /a, mount-options: [ \"ro,exec\" ] } ]", "must be one option such as `noatime`", "boards/b.yaml")]
    [InlineData("partitions: [ { name: one, type: linux, content: rootfs.ext4, package: loader, file: /x } ]", "Partition `one` has both `content` and `package`", "Give one of the two")]
    [InlineData("partitions: [ { name: one, type: linux, package: loader } ]", "Partition `one` needs both `package` and `file`", "Give the package and the path in it")]
    [InlineData("partitions: [ { name: one, type: esp, files: [ { path: /x, text: y } ] } ]", "Partition `one` has `files`, but no file system of its own", "Write `content: vfat`")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4 } ]", "Partition `one` is an empty `ext4` file system without `size`", "Give its size")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat } ]", "Partition `one` is a `vfat` file system without `files`", "List its files")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /Image, text: y }, { path: /IMAGE, text: z } ] } ]", "File `/IMAGE` stands twice in partition `one`", "FAT does not tell upper from lower case")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /x, text: y, artifact: Image } ] } ]", "File `/x` needs one of `text`, `artifact`, and `package` with `file`", "Give one of the three")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /x/, text: y } ] } ]", "File `/x/` is a folder, but its source is a single file", "Write the file's whole path")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /x, package: loader, file: \"/y/*\" } ] } ]", "File `/x` is one file, but its source is a glob", "End the path with a slash")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /x, package: lader, file: /y } ] } ]", "Unknown package `lader`, which board `b` takes `/y` from", "Did you mean `loader`?")]
    [InlineData("partitions: [ { name: one, type: linux, size: 1 MiB, attributes: [ bootible ] } ]", "must be one of [ `required`, `bootable`", "Did you mean `bootable`?")]
    [InlineData("sector-size: 1024", "`sector-size` must be 512 or 4096", "boards/b.yaml:7")]
    [InlineData("sector-size: 4096\nblobs: [ { name: spl, offset: 20 KiB, package: loader, file: /spl } ]", "Blob `spl` starts at byte 20480, within the partition table (GPT) in sectors of 4096 bytes, which takes 0 to 24575", "Give it an `offset` of 24576 or more")]
    [InlineData("sector-size: 4096\npartition-table: mbr\nblobs: [ { name: spl, offset: 0, package: loader, file: /spl } ]", "within the partition table in sectors of 4096 bytes, which takes 0 to 4095", "Give it an `offset` of 4096 or more")]
    [InlineData("sector-size: 4096\nblobs: [ { name: spl, offset: 33 KiB, package: loader, file: /spl } ]", "The offset of blob `spl` is 33792 bytes, no whole sectors of 4096", "starts at 32768; the next one at 36864")]
    [InlineData("sector-size: 4096\nqemu: { system: aarch64, arguments: [ -drive, \"file=$DISK,format=raw,if=sd\" ] }", "QEMU's machine has the disk as an SD card, whose sectors have 512 bytes, but `sector-size` of board `b` is 4096", "Write `file=$DISK,format=raw,if=virtio`, or `if=none` and a `-device` with `logical_block_size=4096,physical_block_size=4096`")]
    [InlineData("sector-size: 4096\nqemu: { system: aarch64, arguments: [ -hda, \"$DISK\" ] }", "QEMU's machine has the disk as a disk whose sectors have 512 bytes", "logical_block_size=4096")]
    [InlineData("partitions: [ { name: one, type: linux, size: 60 MiB }, { name: two, type: linux, size: 5 MiB } ]\nqemu: { system: aarch64, disk-size: 64 MiB }", "`disk-size` is 67108864 bytes, but the disk of board `b` has 70254592 or more by its partitions and blobs, 3145728 too many", "Raise it to 70254592 or more")]
    [InlineData("partitions: [ { name: one, type: linux, offset: 60 MiB, size: 5 MiB } ]\nqemu: { system: aarch64, disk-size: 64 MiB, arguments: [ -drive, \"file=$DISK,if=sd\" ] }", "has 69206016 or more by its partitions and blobs, 2097152 too many", "Raise it to 134217728 or more")]
    [InlineData("partitions: [ { name: one, type: linux, size: 5 MiB } ]\nqemu: { system: aarch64, disk-size: 65 MiB, arguments: [ -drive, \"file=$DISK,if=sd\" ] }", "`disk-size` is 68157440 bytes, but QEMU's SD cards have a power of two", "Write 134217728")]
    [InlineData("sector-size: 4096\npartitions: [ { name: one, type: linux, size: 5 MiB } ]\nqemu: { system: aarch64, disk-size: 33555000 }", "`disk-size` is 33555000 bytes, no whole sectors of 4096", "Write 33558528")]
    // What was once only told when the disk was put together, after kernel and root file system.
    [InlineData("partitions: [ { name: one, type: linux, size: 1 MiB }, { name: one, type: linux, size: 1 MiB } ]", "Partition `one` stands twice", "rename one")]
    [InlineData("partitions: [ { name: abcdefghijklmnopqrstuvwxyz0123456789x, type: linux, size: 1 MiB } ]", "`name` must be a name of 1 to 36 characters", "It has 37")]
    [InlineData("partitions: [ { name: \"\", type: linux, size: 1 MiB } ]", "`name` must be a name of 1 to 36 characters", "boards/b.yaml:7")]
    [InlineData("partitions: [ { name: \"a\\n1\", type: linux, size: 1 MiB } ]", "without slashes, quotes, backslashes and line breaks", "boards/b.yaml:7")]
    [InlineData("partitions: [ { name: ../../x, type: linux, size: 1 MiB, content: ext4 } ]", "without slashes, quotes, backslashes and line breaks", "boards/b.yaml:7")]
    [InlineData("partitions: [ { name: one, type: 0x0c, size: 1 MiB } ]", "Partition `one` has the MBR type `0x0c`, which a GPT cannot hold", "Write a GUID, a word, or `partition-table: mbr`")]
    [InlineData("partition-table: mbr\npartitions: [ { name: one, type: 4fd84c93-54ef-463f-a7ef-ae25ff887087, size: 1 MiB } ]", "Partition `one` has the type GUID `4fd84c93-54ef-463f-a7ef-ae25ff887087`, which an MBR cannot hold", "Write a type such as `0x83`")]
    [InlineData("partition-table: mbr\npartitions: [ { name: a, type: linux, size: 1 MiB }, { name: b, type: linux, size: 1 MiB }, { name: c, type: linux, size: 1 MiB }, { name: d, type: linux, size: 1 MiB }, { name: e, type: linux, size: 1 MiB } ]", "Board `b` has 5 partitions, but an MBR has 4", "boards/b.yaml:8:")]
    [InlineData("partitions: [ { name: one, type: linux } ]", "Partition `one` has neither content nor `size`", "Give its `size`")]
    [InlineData("partitions: [ { name: one, type: linux, offset: 8388607 TiB, size: 8388607 TiB } ]", "must be a size such as `512 MiB`, not `8388607 TiB`", "At most `1024 TiB` can be written")]
    [InlineData("partitions: [ { name: one, type: linux, size: 99999999999999999999 } ]", "must be a size such as `512 MiB`, not `99999999999999999999`", "At most `1024 TiB` can be written")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: /usr } ]", "must be an absolute folder such as `/data`", "An empty file system would hide what the system boots by; take a folder of its own, such as `/usr/local` or `/data`")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: '/da\\040ta' } ]", "must be an absolute folder such as `/data`", "digits and `._+@-`")]
    [InlineData("partitions: [ { name: one, type: linux, content: ext4, size: 1 MiB, mount: //a } ]", "must be an absolute folder such as `/data`", "boards/b.yaml")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: '/a:b', text: x } ] } ]", "File `/a:b` has the character `:`, which no name in a FAT file system has", "Rename it")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: '/a*', text: x } ] } ]", "File `/a*` has the character `*`", "Rename it")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: '/a /b', text: x } ] } ]", "File `/a /b` has a name that ends with a blank or a dot", "Rename it")]
    [InlineData("partitions: [ { name: one, type: esp, content: vfat, files: [ { path: /A, text: x }, { path: /a/b/c, text: x } ] } ]", "File `/a/b/c` of partition `one` lies in a file", "`/a` is one at boards/b.yaml:7:")]
    public void What_cannot_be_right_on_a_disk_is_told(string disk, string message, string hint)
    {
        var text = Board(disk).Bad();
        Assert.Contains(message, text, StringComparison.Ordinal);
        Assert.Contains(hint, text, StringComparison.Ordinal);
        Assert.Contains("boards/b.yaml:", text, StringComparison.Ordinal);
    }
}
