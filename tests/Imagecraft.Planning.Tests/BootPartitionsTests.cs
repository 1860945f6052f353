// What an image does with its board's partitions at each boot, which packages that takes, and how the kernel is told of its root.

using Imagecraft.Images.Disks;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public sealed class BootPartitionsTests
{
    private static readonly (string, string) Program = ("recipes/disk-init.yaml", TestPlans.Recipe("disk-init", "1.0", "system: script\n  steps: \"true\"", "disk-init", "/**"));
    private static readonly (string, string) Table = ("recipes/sfdisk.yaml", TestPlans.Recipe("sfdisk", "1.0", "system: script\n  steps: \"true\"", "sfdisk", "/**"));

    [Fact]
    public void Partitions_that_grow_or_are_mounted_are_told_to_the_program_that_does_it_and_to_the_check()
    {
        var build = Plan("  - { name: boot, type: esp, size: 8 MiB, content: vfat, files: [ { path: /x, text: y } ], mount: /boot, mount-options: [ umask=0077 ], attributes: [ read-only ] }\n  - { name: data, type: linux, size: 8 MiB, content: ext4, mount: /data, attributes: [ grow ] }\n");

        Assert.Equal([], build.Diagnostics);
        BootPartition[] expected = [new(2, "boot", false, "vfat", "/boot", "ro,umask=0077"), new(3, "data", true, "ext4", "/data", null)];
        Assert.Equal(expected, build.Request<MakeRootFsRequest>("base@virt:rootfs").Partitions);
        Assert.Equal(expected, build.Boot.Partitions);
        Assert.Equal(["disk-init", "sfdisk"], build.Request<MakeRootFsRequest>("base@virt:rootfs").Packages.Select(p => p.Name).Where(name => name is "disk-init" or "sfdisk"));
    }

    [Fact]
    public void Nothing_is_installed_for_a_disk_that_stays_as_it_is()
    {
        var build = Plan("  - { name: data, type: linux, size: 8 MiB, content: ext4 }\n");

        Assert.Equal([], build.Boot.Partitions);
        Assert.DoesNotContain(build.Request<MakeRootFsRequest>("base@virt:rootfs").Packages, p => p.Name is "disk-init" or "sfdisk");
    }

    [Fact]
    public void A_root_file_system_that_cannot_be_written_leaves_its_partition_to_grow_alone()
    {
        string board = TestPlans.Text("boards/board.yaml").Replace("content: rootfs.ext4 }", "content: rootfs, attributes: [ grow ] }", StringComparison.Ordinal);
        string? FormatOf(string root) => Assert.Single(TestPlans.Plan(Program, Table, ("boards/board.yaml", board), ("images/base.yaml", $"image: base\npackages: [ tool ]\nroot: {root}\n"), ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ mtools ]\n")).Boot.Partitions).Format;

        Assert.Equal("ext4", FormatOf("ext4"));
        Assert.Null(FormatOf("erofs"));
    }

    [Theory]
    [InlineData("", PartitionTable.Gpt)]
    [InlineData("partition-table: mbr\n", PartitionTable.Mbr)]
    public void The_identifier_of_the_root_reaches_boot_files_disk_and_machine(string table, PartitionTable kind)
    {
        var build = Plan("  - { name: boot, type: vfat, size: 8 MiB, content: vfat, files: [ { path: /cmdline.txt, text: \"$CMDLINE quiet\" } ] }\n" + table, "console=ttyAMA0 root=$ROOT rw");

        Assert.Equal([], build.Diagnostics);
        Assert.Equal(new MakeCommandLineRequest("console=ttyAMA0 root=$ROOT rw", kind, "root", 1), build.Request<MakeCommandLineRequest>("base@virt:command-line"));
        Assert.Equal("root", build.Request<MakeDiskRequest>("base@virt:disk").Root);
        Assert.Contains(build.InputsOf("base@virt:vfat-boot"), input => input.Mount == "/command-line");
        Assert.Contains(build.InputsOf("base@virt:disk"), input => input.Mount == MakeDiskRequest.RootUuidInput.Path);
        Assert.Equal("command-line", build.CommandLineFile);
    }

    [Fact]
    public void A_command_line_without_it_is_known_while_planning()
    {
        var build = Plan("", "console=ttyAMA0 root=/dev/vda1");

        Assert.Null(build.CommandLineFile);
        Assert.Null(build.Request<MakeDiskRequest>("base@virt:disk").Root);
    }

    private static ImageBuild Plan(string partitions, string commandLine = "console=ttyAMA0") => TestPlans.Plan(
        Program, Table, ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ mtools ]\n"),
        ("boards/board.yaml", TestPlans.Text("boards/board.yaml").Replace("linux-root-arm64", "linux", StringComparison.Ordinal).Replace("accelerators: [ old, new ]\n", "", StringComparison.Ordinal).Replace("console=ttyAMA0", commandLine, StringComparison.Ordinal) + partitions));
}
