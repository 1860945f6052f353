// Each image format, opened by the tool of its kind.

namespace Imagecraft.EndToEnd.Tests;

public sealed class FormatTests : IDisposable
{
    private const string BootFiles = """
        partitions:
          - name: boot
            type: esp
            size: 64 MiB
            content: vfat
            files:
              - { path: /extlinux/extlinux.conf, text: "label main\n  kernel /$KERNEL\n  append $CMDLINE\n" }
              - { path: /EFI/BOOT/BOOTAA64.EFI, package: hello, file: /usr/share/boot/loader.bin }
              - { path: /overlays/, package: hello, file: "/usr/share/boot/overlays/*.dtbo" }
              - { path: /rootfs.ext4, artifact: rootfs.ext4 }
          - { name: root, type: linux-root-arm64, content: rootfs.ext4, attributes: [ bootable, no-auto ] }

        """;

    private readonly FormatWorkspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_vfat_partition_has_the_declared_files_and_fsck_finds_no_fault()
    {
        workspace.WriteBoard(BootFiles, root: "$ROOT");
        var disk = (await workspace.BuildAsync("disk.img"))[0];
        Assert.Contains("No errors detected", await workspace.ToolAsync("disks", "/usr/sbin/sfdisk", "--verify", disk), StringComparison.Ordinal);
        var table = await workspace.ToolAsync("disks", "/usr/sbin/sfdisk", "--dump", disk);
        Assert.Contains("attrs=\"LegacyBIOSBootable GUID:63\"", table, StringComparison.Ordinal);
        var root = System.Text.RegularExpressions.Regex.Match(table, "uuid=([0-9A-F-]+), name=\"root\"").Groups[1].Value.ToLowerInvariant();

        await using var whole = File.OpenRead(disk);
        whole.Position = 1 << 20;
        var partition = new byte[64 << 20];
        await whole.ReadExactlyAsync(partition, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(workspace.Place("boot.vfat"), partition, TestContext.Current.CancellationToken);
        await workspace.ToolAsync("formats", "/usr/sbin/fsck.vfat", "-n", "-v", workspace.Place("boot.vfat"));
        Assert.Equal("FAT32   ", System.Text.Encoding.ASCII.GetString(partition, 82, 8));

        var listing = await workspace.ToolAsync("formats", "/usr/bin/mdir", "-/", "-b", "-i", workspace.Place("boot.vfat"), "::/");
        Assert.Equal(["::/EFI/", "::/EFI/BOOT/", "::/EFI/BOOT/BOOTAA64.EFI", "::/extlinux/", "::/extlinux/extlinux.conf", "::/overlays/", "::/overlays/one.dtbo", "::/overlays/two.dtbo", "::/rootfs.ext4"],
            listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        var dates = System.Text.RegularExpressions.Regex.Matches(await workspace.ToolAsync("formats", "/usr/bin/mdir", "-/", "-i", workspace.Place("boot.vfat"), "::/"), "[0-9]{4}-[0-9]{2}-[0-9]{2} +[0-9:]+").Select(d => d.Value).Distinct();
        Assert.Equal(["2026-01-01   0:00"], dates);
        // The identifier is known only when the root file system is.
        Assert.Equal($"label main\n  kernel /Image\n  append console=ttyAMA0 root=PARTUUID={root}\n", await workspace.ToolAsync("formats", "/usr/bin/mtype", "-i", workspace.Place("boot.vfat"), "::/extlinux/extlinux.conf"));
    }

    [Theory]
    [InlineData("64 MiB", "FAT16   ", 54)]
    [InlineData("600 MiB", "FAT32   ", 82)]
    public async Task A_vfat_partition_for_large_sectors_is_sound_and_has_the_declared_files(string size, string kind, int at)
    {
        workspace.WriteBoard("sector-size: 4096\n" + BootFiles.Replace("size: 64 MiB", $"size: {size}", StringComparison.Ordinal));
        var made = await workspace.BuildAsync("disk.img", "rootfs.ext4");
        Assert.Contains("No errors detected", await workspace.ToolAsync("disks", "/usr/sbin/sfdisk", "--sector-size", "4096", "--verify", made[0]), StringComparison.Ordinal);
        var table = await workspace.ToolAsync("disks", "/usr/sbin/sfdisk", "--sector-size", "4096", "--dump", made[0]);
        var boot = System.Text.RegularExpressions.Regex.Match(table, @"start= *256, size= *(\d+),");
        await using (var whole = File.OpenRead(made[0]))
        await using (var partition = File.Create(workspace.Place("boot.vfat")))
        {
            whole.Position = 1 << 20;
            var bytes = new byte[int.Parse(boot.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) * 4096];
            await whole.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            await partition.WriteAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(4096, BitConverter.ToUInt16(bytes, 11));
            Assert.Equal(kind, System.Text.Encoding.ASCII.GetString(bytes, at, 8));
        }

        await workspace.ToolAsync("disks", "/usr/sbin/fsck.vfat", "-n", "-v", workspace.Place("boot.vfat"));
        Assert.Equal("label main\n  kernel /Image\n  append console=ttyAMA0 root=PARTLABEL=root\n", await workspace.ToolAsync("formats", "/usr/bin/mtype", "-i", workspace.Place("boot.vfat"), "::/extlinux/extlinux.conf"));
        await workspace.ToolAsync("formats", "/usr/bin/mcopy", "-i", workspace.Place("boot.vfat"), "::/rootfs.ext4", workspace.Place("again.ext4"));
        Assert.Equal(await File.ReadAllBytesAsync(made[1], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(workspace.Place("again.ext4"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Files_larger_than_their_partition_are_told_with_the_numbers()
    {
        workspace.WriteBoard("partitions:\n  - { name: boot, type: esp, size: 2 MiB, content: vfat, files: [ { path: /zeros, package: hello, file: /usr/share/big/zeros } ] }\n  - { name: root, type: linux, content: rootfs }\n");
        var text = await workspace.FailAsync("disk.img");
        Assert.Matches(@"Partition boot: its files need \d+ bytes as vfat, \d+ more than its `size` of 2097152; raise it", text);
        Assert.Contains("zeros", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_package_lacks_is_told_with_what_is_near_it()
    {
        workspace.WriteBoard("partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /x, package: hello, file: /usr/share/boot/loader.img } ] }\n  - { name: root, type: linux, content: rootfs }\n");
        Assert.Contains("near it are [loader.bin overlays ]", await workspace.FailAsync("disk.img"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_format_of_the_root_file_system_is_opened_by_the_tool_of_its_kind()
    {
        workspace.WriteBoard("formats: [ rootfs.ext4, rootfs.cpio ]\n");
        workspace.WriteImage("formats: [ rootfs.erofs, rootfs.squashfs, rootfs.oci.tar, rootfs.cpio.gz, rootfs.tar.zst ]\nusers: [ { name: ml, id: 1000 } ]\nattributes: [ { path: /usr/bin/hello, mode: \"4755\", owner: ml } ]\n");
        var made = await workspace.BuildAsync("rootfs.ext4", "rootfs.erofs", "rootfs.squashfs", "rootfs.oci.tar", "rootfs.cpio", "rootfs.cpio.gz", "rootfs.tar", "rootfs.tar.zst");
        await workspace.ToolAsync("image", "/usr/sbin/e2fsck", "-f", "-n", made[0]);

        await workspace.ToolAsync("formats", "/usr/bin/fsck.erofs", made[1]);
        Assert.Matches(@"Uid: 1000 +Gid: 0 +Access: 0755/rwxr-xr-x", await workspace.ToolAsync("formats", "/usr/bin/dump.erofs", "--path=/usr/bin/hello", made[1]));

        Assert.Matches(@"-rwsr-xr-x 1000/0 +11 2026-01-01 00:00 squashfs-root/usr/bin/hello", await workspace.ToolAsync("formats", "/usr/bin/unsquashfs", "-lln", made[2]));
        await workspace.ToolAsync("formats", "/usr/bin/unsquashfs", "-no-xattrs", "-d", workspace.Place("unpacked"), made[2], "usr/bin");
        Assert.Equal("echo hello\n", await File.ReadAllTextAsync(workspace.Place("unpacked/usr/bin/hi"), TestContext.Current.CancellationToken));

        var image = await workspace.ToolAsync("oci", "/usr/bin/skopeo", "inspect", "--override-arch", "arm64", $"oci-archive:{made[3]}");
        Assert.Contains("\"Architecture\": \"arm64\"", image, StringComparison.Ordinal);
        await workspace.ToolAsync("oci", "/usr/bin/skopeo", "--insecure-policy", "--tmpdir", Path.GetTempPath(), "copy", $"oci-archive:{made[3]}", $"dir:{workspace.Place("copied")}");
        Assert.Equal(await File.ReadAllBytesAsync(made[6], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Directory.EnumerateFiles(workspace.Place("copied")).MaxBy(f => new FileInfo(f).Length)!, TestContext.Current.CancellationToken));

        await workspace.ToolAsync("formats", "/usr/bin/zstd", "-q", "-d", made[7], "-o", workspace.Place("again.tar"));
        Assert.Equal(await File.ReadAllBytesAsync(made[6], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(workspace.Place("again.tar"), TestContext.Current.CancellationToken));
        await workspace.ToolAsync("formats", "/usr/bin/zstd", "-q", "-d", made[5], "-o", workspace.Place("again.cpio"));
        Assert.Equal(await File.ReadAllBytesAsync(made[4], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(workspace.Place("again.cpio"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_initramfs_has_what_the_kernel_starts_from()
    {
        workspace.WriteBoard("formats: [ rootfs.cpio ]\n");
        var cpio = (await workspace.BuildAsync("rootfs.cpio"))[0];
        // bsdtar is no part of a tool root; cpio archives are read here as the kernel reads them.
        var entries = Newc.Read(await File.ReadAllBytesAsync(cpio, TestContext.Current.CancellationToken)).ToDictionary(e => e.Name);
        Assert.Equal("sbin/init", entries["init"].Text);
        Assert.Equal((0x2180, 5, 1), (entries["dev/console"].Mode, entries["dev/console"].Major, entries["dev/console"].Minor));
        Assert.Equal("echo hello\n", entries["usr/bin/hello"].Text);
        Assert.Equal(0x81ed, entries["usr/bin/hello"].Mode);
        Assert.Equal("hello", entries["usr/bin/hi"].Text);
        Assert.Equal(3_000_000, entries["usr/share/big/zeros"].Text.Length);
    }

    [Fact]
    public async Task The_image_chooses_the_root_file_system_of_a_partition()
    {
        workspace.WriteBoard("partitions:\n  - { name: root, type: linux, content: rootfs }\n");
        workspace.WriteImage("root: erofs\nformats: [ disk.img.zst ]\n");
        var made = await workspace.BuildAsync("disk.img", "rootfs.erofs", "disk.img.zst");
        var disk = await File.ReadAllBytesAsync(made[0], TestContext.Current.CancellationToken);
        var erofs = await File.ReadAllBytesAsync(made[1], TestContext.Current.CancellationToken);
        Assert.Equal(erofs, disk[(1 << 20)..((1 << 20) + erofs.Length)]);
        await workspace.ToolAsync("formats", "/usr/bin/zstd", "-q", "-d", made[2], "-o", workspace.Place("again.img"));
        Assert.Equal(disk, await File.ReadAllBytesAsync(workspace.Place("again.img"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_unknown_format_names_the_nearest_and_the_suffixes()
    {
        workspace.WriteBoard("formats: [ rootfs.erfs ]\n");
        var problem = await Assert.ThrowsAsync<Imagecraft.Cli.CommandLine.DiagnosticsException>(() => workspace.BuildAsync("rootfs.tar"));
        var diagnostic = Assert.Single(problem.Diagnostics);
        Assert.Equal("IC0364", diagnostic.Code);
        Assert.Contains("Did you mean `rootfs.erofs`?; each may end with [.gz, .zst]", diagnostic.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rootfs.erofs")]
    [InlineData("rootfs.squashfs")]
    [InlineData("rootfs.cpio.zst")]
    [InlineData("rootfs.oci.tar.gz")]
    [InlineData("disk.img")]
    public async Task Two_builds_give_the_same_bits(string artifact)
    {
        workspace.WriteBoard(BootFiles + $"formats: [ {artifact} ]\n");
        var first = (await workspace.BuildAsync(artifact))[0];
        // FAT counts in steps of two seconds.
        await Task.Delay(TimeSpan.FromSeconds(2.1), TestContext.Current.CancellationToken);
        var second = (await workspace.BuildAgainAsync(artifact))[0];
        Assert.Equal(await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken));
    }
}
