// Root file systems, partition tables and forms of networks that no image of the repository has, booted.

using Imagecraft.Qemu.Machines;

namespace Imagecraft.EndToEnd.Tests;

public sealed class BootFormatTests : IDisposable
{
    private const string Packages = "packages: [ base-files, busybox, imagecraft-infer ]\n";

    private readonly DeskWorkspace _desk = new();

    [Fact]
    public async Task An_initramfs_is_the_whole_system_and_runs_a_network_in_ONNX_Runtimes_own_form() =>
        await PassesAsync(
            Packages + DeskWorkspace.KnownKernel + "checks: [ { name: in-memory, run: \"grep ' / ' /proc/mounts\", contains: [ \"rootfs / rootfs rw\" ] } ]\nmodels: [ { model: fashion-mnist, variant: int8, format: ort } ]\n",
            ["fashion-mnist", "in-memory"],
            """
            command-line: "console=ttyAMA0 rdinit=/sbin/init rw panic=-1"
            formats: [ rootfs.cpio.gz ]
            partitions: [ { name: data, type: linux, size: 1 MiB } ]

            """,
            DeskWorkspace.Disk + ", -initrd, \"${FILE:rootfs.cpio.gz}\"");

    [Fact]
    public async Task A_disk_with_an_MBR_holds_a_squashfs_that_an_overlay_makes_writable() =>
        await PassesAsync(
            Packages + DeskWorkspace.LayeredKernel + """
            features: [ readonly-root ]
            root: squashfs
            checks:
              - { name: table, run: "dd if=/dev/vda bs=1 skip=450 count=1 2>/dev/null | od -An -tx1", contains: [ " 83" ] }
              - { name: told, run: "dmesg; . /etc/profile", matches: [ "overlay-init: What is written is lost with the power: this board has no partition `state`", "^What is written is lost with the power" ] }

            """,
            ["lower-is-read-only", "table", "boot: state", "told"],
            """
            command-line: "console=ttyAMA0 kpti=off root=/dev/vda1 panic=-1"
            partition-table: mbr
            partitions: [ { name: root, type: linux, content: rootfs } ]

            """);

    [Fact]
    public async Task A_disk_with_sectors_of_4096_bytes_boots_with_all_of_its_file_systems() =>
        await PassesAsync(
            "packages: [ base-files, busybox ]\n" + DeskWorkspace.KnownKernel + """
            checks:
              - { name: sectors, run: "cat /sys/block/vda/queue/logical_block_size /sys/block/vda/queue/physical_block_size", output: "4096\n4096\n" }
              - { name: partitions, run: "cat /sys/block/vda/vda*/uevent", contains: [ "PARTNAME=boot", "PARTNAME=root", "PARTNAME=state" ] }
              - { name: boot-file, run: "dd if=/dev/vda1 bs=4096 count=1 2>/dev/null | dd bs=1 skip=11 count=2 2>/dev/null | od -An -tx1", contains: [ " 00 10" ] }
              - { name: state-mounts, run: "mount -t ext4 /dev/vda3 /mnt && echo kept > /mnt/note && cat /mnt/note && umount /mnt", contains: [ kept ] }

            """,
            ["sectors", "partitions", "boot-file", "state-mounts"],
            """
            command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1"
            sector-size: 4096
            partitions:
              - { name: boot, type: esp, size: 64 MiB, content: vfat, files: [ { path: /note, text: here } ] }
              - { name: root, type: linux-root-arm64, content: rootfs }
              - { name: state, type: linux, size: 16 MiB, content: ext4 }

            """);

    [Fact]
    public async Task What_is_written_over_a_root_that_is_only_read_lies_on_the_partition_for_state() =>
        await PassesAsync(
            Packages + DeskWorkspace.LayeredKernel + """
            features: [ readonly-root ]
            checks:
              - { name: on-disk, run: "grep ' /sysroot/state ' /proc/mounts; ls /sysroot/state", contains: [ "/dev/vda2 /sysroot/state ext4 rw", upper ] }
              - { name: nothing-to-tell, run: "cat /sysroot/state/notice", exit: 1 }

            """,
            ["writes", "on-disk", "boot: state", "nothing-to-tell"],
            """
            command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root panic=-1"
            partitions:
              - { name: root, type: linux-root-arm64, content: rootfs }
              - { name: state, type: linux, size: 16 MiB, content: ext4, attributes: [ grow ] }

            """);

    [Fact]
    public async Task A_disk_that_was_written_by_its_map_over_old_data_boots_and_every_file_of_it_is_read()
    {
        _desk.WriteImage("tiny", "packages: [ base-files, busybox ]\n" + DeskWorkspace.KnownKernel);
        _desk.WriteBoard("""
            command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1"
            partitions:
              - { name: boot, type: esp, size: 16 MiB, content: vfat, files: [ { path: /note, text: here } ] }
              - { name: root, type: linux-root-arm64, content: rootfs }
              - { name: data, type: linux, size: 16 MiB, content: ext4 }

            """);

        await using var machine = await _desk.BootAsync("tiny", FlashedAsync);

        await machine.ExpectAsync("find / -xdev -type f -exec cat {} + > /dev/null", cancellationToken: TestContext.Current.CancellationToken);
        await machine.ExpectAsync("mount -t ext4 /dev/vda3 /mnt && cp /bin/busybox /mnt && sync && umount /mnt && mount -t ext4 /dev/vda3 /mnt && cmp /bin/busybox /mnt/busybox", cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("(?i)(EXT4-fs|GPT).*(error|warning|corrupt|invalid)", await machine.ExpectAsync("dmesg", cancellationToken: TestContext.Current.CancellationToken));
    }

    public void Dispose() => _desk.Dispose();

    // As a card: as large as the image, full of ones, and written by the map.
    private async Task<MachineDescription> FlashedAsync(MachineDescription machine)
    {
        var root = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_DISK_ROOT") is { Length: > 0 } set ? set : throw new InvalidOperationException("`IMAGECRAFT_TEST_DISK_ROOT` is not set; run the tests by `./build.sh test`, or set it to the tool root `disks`");
        var card = _desk.PathOf("card");
        await File.WriteAllBytesAsync(card, [.. Enumerable.Repeat((byte)0xff, (int)new FileInfo(machine.Disk).Length)], TestContext.Current.CancellationToken);
        var python = ToolRootProgram.Find(root, "/usr/bin/python3");
        await CliWrap.Cli.Wrap(python.Program)
            .WithArguments([.. python.Arguments, "-c", UsedDevice.WriteByMap, machine.Disk, card, machine.Disk + ".bmap"])
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["PYTHONHOME"] = Path.Combine(root, "usr"), ["PYTHONDONTWRITEBYTECODE"] = "1" })
            .ExecuteAsync(TestContext.Current.CancellationToken);
        return machine with { Disk = card };
    }

    private async Task PassesAsync(string image, string[] checks, string board, string drives = DeskWorkspace.Disk)
    {
        _desk.WriteImage("tiny", image);
        _desk.WriteBoard(board, drives);

        var (exitCode, text) = await _desk.CheckAsync();

        Assert.True(exitCode == 0, text);
        Assert.Contains(" 0 failed", text, StringComparison.Ordinal);
        Assert.All(checks, check => Assert.Contains(check, text, StringComparison.Ordinal));
    }
}
