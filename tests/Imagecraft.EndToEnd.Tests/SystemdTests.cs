// What systemd keeps from one boot to the next: who the machine is, that it has booted before, and its journal.

namespace Imagecraft.EndToEnd.Tests;

public sealed class SystemdTests : IDisposable
{
    // Not by the feature `systemd`, whose wishes would compile most of the kernel anew; the image `server` proves that.
    // A unit that systemd starts at the first boot alone, and one that it starts at each.
    private const string Image = DeskWorkspace.LayeredKernel + """
        init: systemd
        packages: [ base-files, busybox, systemd ]
        files:
          - { path: /etc/systemd/system/first.service, text: "[Unit]\nConditionFirstBoot=yes\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'cat /proc/sys/kernel/random/boot_id >> /var/lib/first'\n" }
          - { path: /etc/systemd/system/each.service, text: "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'cat /proc/sys/kernel/random/boot_id >> /var/lib/each'\n" }
          - { path: /etc/systemd/system/multi-user.target.d/mine.conf, text: "[Unit]\nWants=first.service each.service\n" }

        """;

    private readonly DeskWorkspace _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "/var/log/journal")]
    [InlineData("features: [ readonly-root ]\n", "/sysroot/state/upper/var/log/journal")]
    public async Task The_first_boot_alone_is_one_and_the_journal_of_both_boots_stays(string features, string journal)
    {
        _desk.WriteImage("tiny", features + Image);
        _desk.WriteBoard("""
            command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1 net.ifnames=0"
            partitions:
              - { name: root, type: linux-root-arm64, content: rootfs }
              - { name: state, type: linux, size: 32 MiB, content: ext4 }

            """);
        await using var machine = await _desk.BootAsync("tiny");
        await machine.ExpectAsync("systemctl is-system-running --wait", TimeSpan.FromMinutes(5), Cancellation);
        var identity = await machine.ExpectAsync("cat /etc/machine-id", cancellationToken: Cancellation);
        Assert.Matches("^[0-9a-f]{32}$", identity);

        await machine.RebootAsync(TimeSpan.FromMinutes(5), Cancellation);
        await machine.ExpectAsync("systemctl is-system-running --wait", TimeSpan.FromMinutes(5), Cancellation);

        // Busybox' own manager of device nodes would give them the modes that it knows, in a race with systemd's.
        await machine.ExpectAsync("! pidof mdev && pidof systemd-udevd && [ \"$(stat -c %a /dev/null)\" = 666 ]", cancellationToken: Cancellation);

        var boots = (await machine.ExpectAsync("cat /var/lib/each", cancellationToken: Cancellation)).Split('\n');
        Assert.Equal(2, boots.Length);
        Assert.Equal(boots[0], await machine.ExpectAsync("cat /var/lib/first", cancellationToken: Cancellation));
        Assert.Equal(identity, await machine.ExpectAsync("cat /etc/machine-id", cancellationToken: Cancellation));
        Assert.Equal("", await machine.ExpectAsync("grep machine-id /proc/mounts || true", cancellationToken: Cancellation));
        await machine.ExpectAsync($"ls {journal}/{identity}/system.journal", cancellationToken: Cancellation);
        var journals = await machine.ExpectAsync("journalctl --list-boots --no-pager", cancellationToken: Cancellation);
        Assert.All(boots, boot => Assert.Contains(boot.Replace("-", "", StringComparison.Ordinal), journals, StringComparison.Ordinal));
    }

    public void Dispose() => _desk.Dispose();
}
