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
              - { path: /extlinux/extlinux.conf, text: "label main\n  kernel /{kernel}\n  append {cmdline}\n" }
              - { path: /EFI/BOOT/BOOTAA64.EFI, package: hello, file: /usr/share/boot/loader.bin }
              - { path: /overlays/, package: hello, file: "/usr/share/boot/overlays/*.dtbo" }
              - { path: /rootfs.ext4, artifact: rootfs.ext4 }
          - { name: root, type: linux-root-arm64, content: rootfs.ext4, attributes: [ bootable, grow ] }

        """;

    private readonly FormatWorkspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_vfat_partition_has_the_declared_files_and_fsck_finds_no_fault()
    {
        workspace.WriteBoard(BootFiles);
        var disk = (await workspace.BuildAsync("disk.img"))[0];
        Assert.Contains("No errors detected", await workspace.ToolAsync("qemu", "/usr/sbin/sfdisk", "--verify", disk), StringComparison.Ordinal);
        Assert.Contains("attrs=\"LegacyBIOSBootable GUID:59\"", await workspace.ToolAsync("qemu", "/usr/sbin/sfdisk", "--dump", disk), StringComparison.Ordinal);

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
        Assert.Equal("label main\n  kernel /Image\n  append console=ttyAMA0 root=/dev/vda1\n", await workspace.ToolAsync("formats", "/usr/bin/mtype", "-i", workspace.Place("boot.vfat"), "::/extlinux/extlinux.conf"));
    }

    [Fact]
    public async Task Files_larger_than_their_partition_are_told_with_the_numbers()
    {
        workspace.WriteBoard("partitions:\n  - { name: boot, type: esp, size: 2 MiB, content: vfat, files: [ { path: /zeros, package: hello, file: /usr/share/big/zeros } ] }\n");
        var text = await workspace.FailAsync("disk.img");
        Assert.Matches(@"Partition boot: its files need \d+ bytes as vfat, \d+ more than its `size` of 2097152; raise it", text);
        Assert.Contains("zeros", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_package_lacks_is_told_with_what_is_near_it()
    {
        workspace.WriteBoard("partitions:\n  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /x, package: hello, file: /usr/share/boot/loader.img } ] }\n");
        Assert.Contains("near it are [loader.bin overlays ]", await workspace.FailAsync("disk.img"), StringComparison.Ordinal);
    }
}
