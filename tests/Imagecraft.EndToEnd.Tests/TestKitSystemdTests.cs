// What the test kit waits for where systemd starts the services.

using Imagecraft.TestKit;

namespace Imagecraft.EndToEnd.Tests;

public sealed class TestKitSystemdTests : IDisposable
{
    // As SystemdTests says; one unit takes its time, one fails, one is never started.
    private const string Image = DeskWorkspace.LayeredKernel + """
        init: systemd
        packages: [ base-files, busybox, systemd ]
        files:
          - { path: /etc/systemd/system/slow.service, text: "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'sleep 3; touch /run/slow'\n" }
          - { path: /etc/systemd/system/broken.service, text: "[Service]\nExecStart=/bin/sh -c 'echo no device; exit 3'\n" }
          - { path: /etc/systemd/system/idle.service, text: "[Service]\nExecStart=/bin/sleep 1000\n" }
          - { path: /etc/systemd/system/multi-user.target.d/mine.conf, text: "[Unit]\nWants=slow.service broken.service\n" }

        """;

    private readonly DeskWorkspace _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_unit_is_waited_for_and_one_that_failed_or_is_not_started_is_told_with_its_state()
    {
        _desk.WriteImage("tiny", Image);
        _desk.WriteBoard("""
            command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1 net.ifnames=0"
            partitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]

            """);
        await using var machine = await _desk.BootAsync("tiny");
        await machine.WaitForServiceAsync("slow", cancellationToken: Cancellation);
        await machine.ExpectAsync("test -e /run/slow", cancellationToken: Cancellation);
        await machine.WaitForServiceAsync("multi-user.target", cancellationToken: Cancellation);

        var failed = await Assert.ThrowsAsync<WaitFailedException>(() => machine.WaitForServiceAsync("broken", cancellationToken: Cancellation));
        Assert.StartsWith("Service `broken` does not run and will not: it has failed. Seen last (exit code 2):\nfailed\n", failed.Message, StringComparison.Ordinal);
        Assert.Contains("status=3", failed.Message, StringComparison.Ordinal);
        var idle = await Assert.ThrowsAsync<WaitFailedException>(() => machine.WaitForServiceAsync("idle", TimeSpan.FromSeconds(1), Cancellation));
        Assert.StartsWith("Service `idle` does not run within 1 s. Seen last (exit code 1):\ninactive\n", idle.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _desk.Dispose();
}
