// busybox as it lies on the board, by its authors' own tests.

namespace Imagecraft.EndToEnd.Tests;

public sealed class BusyboxTests : IDisposable
{
    private const string Failure = "FAIL: ";

    // What fails, and what is known of it; where it says "perhaps", nobody has looked further.
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["cpio lists hardlinks"] = "fails on an x86-64 host with busybox 1.37, too",
        ["ls unicode test with unlimited codepoints"] = "shows an overlong sequence as U+07FF; perhaps by the limit of characters in our configuration",
        ["mount -o remount,mand"] = "Linux 5.15 took mandatory locks out",
        ["mount RO loop"] = "perhaps because this small kernel has no loop devices",
        ["sed embedded NUL"] = "fails on an x86-64 host with busybox 1.37, too",
        ["sed NUL in command"] = "fails on an x86-64 host with busybox 1.37, too",
        ["sed nonexistent label"] = "fails on an x86-64 host with busybox 1.37, too",
        ["start-stop-daemon with both -x and -a"] = "fails, says the test, where `false` is busybox itself",
        ["unzip (subdir only)"] = "makes its archive with `zip`, which is perhaps missed on the board",
        ["wget--O-overrides--P"] = "asks a server of the internet",
        ["wget-handles-empty-path"] = "asks a server of the internet",
        ["wget-retrieves-google-index"] = "asks a server of the internet",
        ["wget-supports--P"] = "asks a server of the internet",
    };

    // What start scripts and checks are made of. `bc` has no place among all the others: its digits take a minute on the host, and many on an emulated processor.
    private const string Usual = "cp cut expr find grep head ls mkdir mv printf readlink sed sort tail tar test tr uniq wc xargs";

    private readonly DeskWorkspace _desk = new();

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task Its_own_tests_pass_on_a_board()
    {
        var isWhole = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_BUSYBOX") == "1";
        _desk.WriteBoard("command-line: \"console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1\"\npartitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]\n");
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

        // Each program's tests have a limit of their own.
        var result = await machine.RunAsync($$"""
            cd /opt/busybox/testsuite
            for tests in {{(isWhole ? "$(ls | sed -n 's/\\.tests$//p') $(find . -mindepth 1 -maxdepth 1 -type d ! -name '.*' | sed 's|^./||')" : Usual)}}; do
              [ "$tests" = bc ] || timeout 600 ./runtest -v "$tests" < /dev/null >> /root/log 2>&1 || [ $? -lt 124 ] || echo "FAIL: $tests, which takes too long"
            done
            grep -aE '^(PASS|FAIL|SKIPPED|UNTESTED):' /root/log
            """, TimeSpan.FromMinutes(60), TestContext.Current.CancellationToken);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // A report of XML holds no control characters, and these tests print all of them.
        TestContext.Current.AddAttachment("log", await machine.ExpectAsync(@"tr -cd '\11\12\40-\176' < /root/log", cancellationToken: TestContext.Current.CancellationToken));

        Assert.DoesNotContain(lines, line => line.StartsWith(Failure, StringComparison.Ordinal) && !Known.ContainsKey(line[Failure.Length..]));
        Assert.InRange(lines.Count(line => line.StartsWith("PASS: ", StringComparison.Ordinal)), isWhole ? 1000 : 350, int.MaxValue);
    }

    public void Dispose() => _desk.Dispose();
}
