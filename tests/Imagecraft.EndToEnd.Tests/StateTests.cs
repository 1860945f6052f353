// What is written over a root file system that is only read: over reboots, damage of its partition, and another root file system below.

using Imagecraft.Qemu.Checks;
using Imagecraft.TestKit;

namespace Imagecraft.EndToEnd.Tests;

public sealed class StateTests : IDisposable
{
    private const string Image = "features: [ readonly-root ]\n" + DeskWorkspace.LayeredKernel;

    // The root file system has a disk of its own, so that a test can replace it, as a flasher does.
    private const string Board = """
        command-line: "console=ttyAMA0 root=/dev/vda panic=-1"
        formats: [ rootfs.erofs ]
        partitions: [ { name: state, type: linux, size: 32 MiB, content: ext4 } ]

        """;

    private readonly DeskWorkspace _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Root => _desk.PathOf("root.erofs");

    [Fact]
    public async Task After_its_root_was_replaced_a_board_keeps_what_was_written_but_what_hides_the_changes()
    {
        _desk.WriteImage("first", Image + Files("one"));
        _desk.WriteImage("second", Image + Files("two"));
        await using var machine = await BootAsync("first");
        await machine.ExpectAsync("""
            cd /etc/app && echo edited > same && echo edited > changed && echo edited > kept && echo edited > gone && echo mine > added
            rm removed && rm -r /etc/whole && mkdir /etc/whole && echo mine > /etc/whole/mine && echo kept > /root/note
            """, cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        Assert.Equal("edited edited edited edited mine", await ReadAsync(machine, "/etc/app/same /etc/app/changed /etc/app/kept /etc/app/gone /etc/app/added"));

        await ReplaceRootAsync(machine, "second");

        Assert.Equal("edited two edited two two", await ReadAsync(machine, "/etc/app/same /etc/app/changed /etc/app/kept /etc/app/added /etc/app/removed"));
        Assert.Equal("two kept", await ReadAsync(machine, "/etc/whole/part /root/note"));
        Assert.Equal("part", await machine.ExpectAsync("[ ! -e /etc/app/gone ] && ls /etc/whole", cancellationToken: Cancellation));
        Assert.Equal("edited edited mine mine", await ReadAsync(machine, "changed gone added ../whole/mine", "/sysroot/state/set-aside/1/etc/app"));
        Assert.Equal("The root file system was replaced; what was written over its changes lies in /sysroot/state/set-aside/1.", await machine.ExpectAsync(". /etc/profile", cancellationToken: Cancellation));

        await machine.ExpectAsync("echo again > /etc/app/changed", cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        Assert.Equal("again", await ReadAsync(machine, "/etc/app/changed"));
        Assert.Equal("1", await machine.ExpectAsync("ls /sysroot/state/set-aside; . /etc/profile", cancellationToken: Cancellation));

        await machine.ExpectAsync("touch /sysroot/state/reset", cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        Assert.Equal("two", await ReadAsync(machine, "/etc/app/changed"));
        Assert.False((await machine.RunAsync("ls /root/note /sysroot/state/set-aside", cancellationToken: Cancellation)).Succeeded);
    }

    [Fact]
    public async Task A_partition_for_state_that_was_damaged_is_told_at_login_and_fails_the_check_until_it_is_made_anew()
    {
        _desk.WriteImage("tiny", Image);
        await using var machine = await BootAsync("tiny");
        Assert.Equal(CheckOutcome.Passed, (await StateCheckAsync(machine)).Outcome);

        await machine.ExpectAsync("dd if=/dev/zero of=/dev/vdb1 bs=1M count=8 conv=fsync 2>/dev/null", cancellationToken: Cancellation);
        await machine.PowerCutAsync(Cancellation);

        const string Notice = "What is written is lost with the power: the partition `state` (/dev/vdb1) cannot be used: ";
        Assert.Contains(Notice, await machine.ExpectAsync(". /etc/profile", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("overlay-init: " + Notice, await machine.ExpectAsync("dmesg", cancellationToken: Cancellation), StringComparison.Ordinal);
        var check = await StateCheckAsync(machine);
        Assert.Equal(CheckOutcome.Failed, check.Outcome);
        Assert.Contains(Notice, check.Output, StringComparison.Ordinal);
        Assert.Contains("What is written lies in memory", check.Output, StringComparison.Ordinal);

        await machine.ExpectAsync("mke2fs /dev/vdb1", cancellationToken: Cancellation);
        await machine.RebootAsync(cancellationToken: Cancellation);
        Assert.Equal(CheckOutcome.Passed, (await StateCheckAsync(machine)).Outcome);
    }

    [Fact]
    public async Task A_partition_for_state_that_the_disk_lacks_fails_the_check_of_the_image()
    {
        _desk.WriteImage("tiny", Image);
        _desk.WriteBoard(Board, "-drive, \"file=${FILE:rootfs.erofs},format=raw,if=virtio,snapshot=on\"");

        var (exitCode, text) = await _desk.CheckAsync();

        Assert.True(exitCode == 3, text);
        Assert.Contains("1 failed", text, StringComparison.Ordinal);
        Assert.Contains("the partition `state` cannot be used: the disk that was booted has none", text, StringComparison.Ordinal);
    }

    public void Dispose() => _desk.Dispose();

    private static string Files(string word) => $$"""
        files:
          - { path: /etc/app/same, text: "same\n" }
          - { path: /etc/app/changed, text: "{{word}}\n" }
          - { path: /etc/app/kept, text: "{{word}}\n" }
          - { path: /etc/app/removed, text: "{{word}}\n" }
          - { path: /etc/whole/part, text: "{{word}}\n" }
          - { path: /etc/app/{{(word == "one" ? "gone" : "added")}}, text: "{{word}}\n" }
          - { path: /usr/share/overlay-init/keep, text: "/etc/app/ke*\n" }

        """;

    private async Task<Machine> BootAsync(string image)
    {
        _desk.WriteBoard(Board, $"-drive, \"file={Root},format=raw,if=virtio,readonly=on\", {DeskWorkspace.Disk}", image);
        await TakeRootAsync(image);
        return await _desk.BootAsync(image);
    }

    private async Task ReplaceRootAsync(Machine machine, string image)
    {
        await machine.PowerOffAsync(cancellationToken: Cancellation);
        await TakeRootAsync(image);
        await machine.PowerOnAsync(Cancellation);
    }

    private async Task TakeRootAsync(string image)
    {
        await _desk.BuildAsync(image);
        File.Copy(_desk.PathOf($"out/desk/{image}/rootfs.erofs"), Root, overwrite: true);
        File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // The words of files, which have one each.
    private static async Task<string> ReadAsync(Machine machine, string files, string folder = "/") =>
        (await machine.ExpectAsync($"cd {folder} && cat {files}", cancellationToken: Cancellation)).Replace('\n', ' ');

    private static Task<CheckResult> StateCheckAsync(Machine machine) => CheckRunner.RunOneAsync(machine.Qemu.Console, StandardChecks.State("partition"), Cancellation);
}
