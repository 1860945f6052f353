// busybox as it lies on the board, by its authors' own tests.

namespace Imagecraft.EndToEnd.Tests;

[Collection(DeskWorkspace.Collection)]
public sealed class BusyboxTests : IDisposable
{
    // What its tests find at fault, each with what was seen of it.
    private static readonly string[] KnownFailures = [];

    private readonly DeskWorkspace _desk = new();

    [Fact]
    public async Task Its_own_tests_pass_on_a_board()
    {
        _desk.WriteBoard("command-line: \"console=ttyAMA0 root=PARTLABEL=root rw panic=-1\"\npartitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]\n");
        _desk.WriteImage("tiny", $"{DeskWorkspace.KnownKernel}packages: [ base-files, busybox, busybox-testsuite ]\n");
        // Where its tests look for it: beside them, with the configuration it was built with.
        _desk.Write("layers/mine/recipes/busybox.append.yaml", """
            append: busybox
            build:
              after: |
                install -D -m 0755 /src/udhcpc.script "$DESTDIR/usr/share/udhcpc/default.script"
                mkdir -p "$DESTDIR/opt/busybox"
                cp -r /src/testsuite /build/.config "$DESTDIR/opt/busybox/"
                ln -s /usr/bin/busybox "$DESTDIR/opt/busybox/busybox"
            packages:
              - { name: busybox-testsuite, files: [ "/opt/busybox/**" ], requires: [ busybox ] }

            """);
        await using var machine = await _desk.BootAsync("tiny");

        // Each program's tests have a limit of their own; those of `bc` compute for an hour on an emulated processor.
        var result = await machine.RunAsync("""
            cd /opt/busybox/testsuite
            for tests in $(ls | grep '\.tests$' | sed 's/\.tests$//') $(find . -maxdepth 1 -type d ! -name . ! -name '.*' | sed 's|^./||'); do
              [ "$tests" = bc ] || timeout 300 ./runtest -v "$tests" < /dev/null >> /root/log 2>&1 || [ $? -lt 124 ] || echo "FAIL: $tests, which takes too long"
            done
            grep -aE '^(PASS|FAIL|SKIPPED|UNTESTED):' /root/log
            """, TimeSpan.FromMinutes(40), TestContext.Current.CancellationToken);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        TestContext.Current.AddAttachment("log", await machine.ExpectAsync("cat /root/log", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(KnownFailures, lines.Where(line => line.StartsWith("FAIL: ", StringComparison.Ordinal)).Select(line => line["FAIL: ".Length..]));
        Assert.InRange(lines.Count(line => line.StartsWith("PASS: ", StringComparison.Ordinal)), 500, int.MaxValue);
    }

    public void Dispose() => _desk.Dispose();
}
