// Partitions that grow with their card and are mounted, and machines with two disks that could be meant: only the one that was booted is.

using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.EndToEnd.Tests;

public sealed class DiskInitTests : IDisposable
{
    private const string Packages = "packages: [ base-files, busybox ]\n";

    private readonly DeskWorkspace _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gpt")]
    [InlineData("mbr")]
    public async Task A_root_grows_to_its_card_once_and_stays_sound(string table)
    {
        _desk.WriteImage("tiny", Packages + DeskWorkspace.KnownKernel);
        WriteLarge($"""
            command-line: "console=ttyAMA0 kpti=off root=$ROOT rw gpt panic=-1"
            partition-table: {table}
            partitions:
              - {"{ name: root, type: linux, content: rootfs, attributes: [ grow ] }"}

            """);

        await using var machine = await _desk.BootAsync("tiny");

        Assert.InRange(await MebibytesAsync(machine, "/"), 420, 512);
        Assert.Contains("No errors detected", await machine.ExpectAsync("sfdisk --verify /dev/vda", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Equal("", await machine.ExpectAsync("cat /run/disk-init/notice 2>/dev/null; true", cancellationToken: Cancellation));
        // What is written beyond the old end is there after a reboot, which finds nothing to do.
        await machine.ExpectAsync("dd if=/dev/urandom of=/large bs=1M count=200 2>/dev/null && sha256sum /large > /sum && sync", cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        await machine.ExpectAsync("sha256sum -c /sum", cancellationToken: Cancellation);
        Assert.Equal("", await machine.ExpectAsync("cat /run/disk-init/log", cancellationToken: Cancellation));
        Assert.DoesNotMatch("(?i)(EXT4-fs|GPT).*(error|warning|corrupt|invalid)", await machine.ExpectAsync("dmesg", cancellationToken: Cancellation));
        if (table == "mbr")
            return;

        // As a power cut leaves it between the entries and the header of the first copy.
        await machine.ExpectAsync("dd if=/dev/zero of=/dev/vda bs=512 seek=2 count=1 conv=notrunc,fsync 2>/dev/null", cancellationToken: Cancellation);
        await machine.PowerCutAsync(Cancellation);
        Assert.Contains("was damaged and is repaired", await machine.ExpectAsync("cat /run/disk-init/notice", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("No errors detected", await machine.ExpectAsync("sfdisk --verify /dev/vda", cancellationToken: Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_system_of_its_own_is_mounted_where_the_board_says_and_grows()
    {
        _desk.WriteImage("tiny", Packages + DeskWorkspace.KnownKernel + """
            checks:
              - { name: mounted, run: "grep ' /srv/data ' /proc/mounts", matches: [ "^/dev/vda2 /srv/data ext4 rw,nosuid,noatime" ] }

            """);
        WriteLarge("""
            command-line: "console=ttyAMA0 kpti=off root=$ROOT rw panic=-1"
            partitions:
              - { name: root, type: linux, content: rootfs }
              - { name: data, type: linux, size: 16 MiB, content: ext4, mount: /srv/data, mount-options: [ noatime, nosuid ], attributes: [ grow ] }

            """);

        var (exitCode, text) = await _desk.CheckAsync();

        Assert.True(exitCode == 0, text);
        Assert.All((string[])["mounted", "boot: disk", "boot: reboot"], check => Assert.Contains(check, text, StringComparison.Ordinal));

        await using var machine = await _desk.BootAsync("tiny");
        Assert.InRange(await MebibytesAsync(machine, "/srv/data"), 350, 512);
        await machine.ExpectAsync("echo kept > /srv/data/kept", cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        Assert.Equal("kept", await machine.ExpectAsync("cat /srv/data/kept", cancellationToken: Cancellation));

        // What cannot be mounted is told to the kernel's log, at login, and by the check.
        await machine.ExpectAsync("umount /srv/data && dd if=/dev/zero of=/dev/vda2 bs=1M count=8 conv=fsync 2>/dev/null", cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        const string notice = "The partition `data` (/dev/vda2) cannot be mounted in /srv/data: ";
        Assert.Contains(notice, await machine.ExpectAsync(". /etc/profile", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("disk-init: " + notice, await machine.ExpectAsync("dmesg", cancellationToken: Cancellation), StringComparison.Ordinal);
        var check = await CheckRunner.RunOneAsync(machine.Qemu.Console, StandardChecks.Disk([new(2, true, "/srv/data")]), Cancellation);
        Assert.Equal(CheckOutcome.Failed, check.Outcome);
        Assert.Contains(notice, check.Output, StringComparison.Ordinal);
        Assert.Contains("/srv/data is nothing, not /dev/vda2", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_partition_for_state_grows_while_the_layer_lies_on_it()
    {
        _desk.WriteImage("tiny", Packages + "features: [ readonly-root ]\n" + DeskWorkspace.LayeredKernel);
        WriteLarge("""
            command-line: "console=ttyAMA0 kpti=off root=$ROOT panic=-1"
            partitions:
              - { name: root, type: linux, content: rootfs }
              - { name: state, type: linux, size: 16 MiB, content: ext4, attributes: [ grow ] }

            """);

        var (exitCode, text) = await _desk.CheckAsync();
        Assert.True(exitCode == 0, text);
        Assert.All((string[])["boot: disk", "boot: state"], check => Assert.Contains(check, text, StringComparison.Ordinal));

        await using var machine = await _desk.BootAsync("tiny");
        Assert.InRange(await MebibytesAsync(machine, "/sysroot/state"), 350, 512);
    }

    [Fact]
    public async Task With_the_same_image_on_two_disks_root_state_and_mounts_are_of_one_disk()
    {
        const string board = """
            command-line: "console=ttyAMA0 panic=-1"
            partitions:
              - { name: root, type: linux, content: rootfs }
              - { name: state, type: linux, size: 16 MiB, content: ext4 }
              - { name: data, type: linux, size: 16 MiB, content: ext4, mount: /data }

            """;
        _desk.WriteImage("tiny", Packages + "features: [ readonly-root ]\ncommand-line: \"root=$ROOT\"\n" + DeskWorkspace.LayeredKernel);
        _desk.WriteBoard(board);

        await using var machine = await _desk.BootAsync("tiny", async machine => await SecondAsync(machine, machine.Disk) with { CommandLine = Told(machine.CommandLine, "root=/dev/vdb1") });

        Assert.Equal("/dev/root /sysroot/lower", await MountAsync(machine, "/sysroot/lower"));
        Assert.Equal("vdb1", await machine.ExpectAsync("sed -n s/DEVNAME=//p /sys/dev/block/$(mountpoint -d /sysroot/lower)/uevent", cancellationToken: Cancellation));
        Assert.Equal("/dev/vdb2 /sysroot/state", await MountAsync(machine, "/sysroot/state"));
        Assert.Equal("/dev/vdb3 /data", await MountAsync(machine, "/data"));
    }

    [Fact]
    public async Task A_disk_with_an_older_build_of_the_image_is_not_taken_for_the_one_that_was_booted()
    {
        _desk.WriteBoard("""
            command-line: "console=ttyAMA0 kpti=off root=$ROOT rw panic=-1"
            partitions: [ { name: root, type: linux, content: rootfs } ]

            """);
        _desk.WriteImage("tiny", Packages + "files: [ { path: /etc/build, text: old } ]\n" + DeskWorkspace.KnownKernel);
        await _desk.BuildAsync("tiny");
        var old = _desk.PathOf("old.img");
        File.Copy(_desk.PathOf("out/desk/tiny/disk.img"), old);
        _desk.WriteImage("tiny", Packages + "files: [ { path: /etc/build, text: new } ]\n" + DeskWorkspace.KnownKernel);

        await using var machine = await _desk.BootAsync("tiny", machine => SecondAsync(machine, old, isFirst: true));

        Assert.Equal("vdb1", await machine.ExpectAsync("sed -n s/DEVNAME=//p /sys/dev/block/$(mountpoint -d /)/uevent", cancellationToken: Cancellation));
        Assert.Equal("new", await machine.ExpectAsync("cat /etc/build", cancellationToken: Cancellation));
    }

    public void Dispose() => _desk.Dispose();

    private void WriteLarge(string board) => _desk.WriteBoard(board, diskSize: "512 MiB");

    private static string Told(string commandLine, string root) => string.Join(' ', commandLine.Split(' ').Select(word => word.StartsWith("root=", StringComparison.Ordinal) ? root : word));

    private async Task<MachineDescription> SecondAsync(MachineDescription machine, string image, bool isFirst = false)
    {
        var copy = _desk.PathOf("second.img");
        await using (var source = File.OpenRead(image))
        await using (var target = File.Create(copy))
            await source.CopyToAsync(target, Cancellation);
        string[] drive = ["-drive", $"file={copy},format=raw,if=virtio"];
        var at = isFirst ? machine.Arguments.IndexOf("-drive") : machine.Arguments.Length;
        return machine with { Arguments = machine.Arguments.InsertRange(at, drive) };
    }

    private static async Task<string> MountAsync(Machine machine, string folder) =>
        await machine.ExpectAsync($"sed -n 's|^\\([^ ]* {folder}\\) .*|\\1|p' /proc/mounts | tail -n 1", cancellationToken: Cancellation);

    private static async Task<long> MebibytesAsync(Machine machine, string folder) =>
        long.Parse(await machine.ExpectAsync($"echo $(($(stat -f -c '%b * %S' {folder}) / 1048576))", cancellationToken: Cancellation), System.Globalization.CultureInfo.InvariantCulture);
}
