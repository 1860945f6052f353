// Services on a machine that runs: what they are, as whom they run, what becomes of them when they end, and what the standard check says of it.

using Imagecraft.TestKit;

namespace Imagecraft.EndToEnd.Tests;

public sealed class ServiceTests : IDisposable
{
    private const string Board = """
        command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1 net.ifnames=0"
        partitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]

        """;

    // Programs whose names tell nothing of the service, as `nice` and the shell.
    private const string Good = """
        services:
          - name: setup
            run: |
              echo "$GREETING" > /run/setup
              echo "Said by setup
              in two lines"
            kind: once
            environment: { GREETING: "it's $HOME" }
          - { name: patient, run: "nice -n 5 sleep 1000000", kind: respawn, after: [ setup ] }
          - name: web
            run: |
              id -un > /tmp/web
              ls -i /run/setup >> /tmp/web
              while :; do sleep 1000000; done
            user: nobody
            after: [ setup ]

        """;

    private readonly DeskWorkspace _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("busybox")]
    [InlineData("systemd")]
    public async Task Services_run_as_declared_and_are_started_anew(string init)
    {
        _desk.WriteBoard(Board);
        _desk.WriteImage("tiny", Packages(init) + Good);
        await using var machine = await _desk.BootAsync("tiny");
        if (init == "systemd")
            await machine.ExpectAsync("systemctl is-system-running --wait", TimeSpan.FromMinutes(5), Cancellation);

        Assert.Equal("it's $HOME", await machine.ExpectAsync("cat /run/setup", cancellationToken: Cancellation));
        Assert.Matches(@"^nobody\n *\d+ /run/setup$", await Until(machine, "[ \"$(wc -l < /tmp/web)\" = 2 ] && cat /tmp/web"));
        var log = init == "systemd" ? "journalctl --boot --no-pager" : "cat /var/log/messages";
        Assert.Contains("setup", await Until(machine, $"{log} | grep 'Said by setup'"), StringComparison.Ordinal);

        var first = await machine.ExpectAsync(Process(init, "patient"), cancellationToken: Cancellation);
        await machine.ExpectAsync($"kill {first}", cancellationToken: Cancellation);
        var second = await Until(machine, $"process=$({Process(init, "patient")}); [ \"${{process:-0}}\" -gt 1 ] && [ \"$process\" != {first} ] && echo $process");
        Assert.NotEqual(first, second);

        await machine.ExpectAsync("service patient stop", TimeSpan.FromMinutes(1), Cancellation);
        await Until(machine, $"! kill -0 {second} 2>/dev/null");
        await machine.ExpectAsync("service patient start", TimeSpan.FromMinutes(1), Cancellation);
        await Until(machine, $"kill -0 $({Process(init, "patient")})");
    }

    [Theory]
    [InlineData("busybox", "hopeless", "it ended with exit code 3, end 3 within 300 s")]
    [InlineData("systemd", "hopeless.service", "failed")]
    public async Task A_service_that_ends_again_and_again_fails_a_boots_check(string init, params string[] told)
    {
        _desk.WriteBoard(Board);
        _desk.WriteImage("tiny", Packages(init) + Good + "  - { name: hopeless, run: exit 3, kind: respawn, restarts: 2 }\n");
        var (exitCode, text) = await _desk.CheckAsync();
        Assert.Equal(3, exitCode);
        Assert.All(told, words => Assert.True(text.Contains(words, StringComparison.Ordinal), text));
        Assert.DoesNotContain("Service patient", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_always_begins_anew_is_told_as_one_that_does_not_keep_running()
    {
        _desk.WriteBoard(Board);
        _desk.WriteImage("tiny", Packages("busybox") + "services: [ { name: hasty, run: \"sh -c 'exit 1'\", kind: respawn } ]\n");
        var (exitCode, text) = await _desk.CheckAsync();
        Assert.Equal(3, exitCode);
        Assert.Contains("Service hasty does not keep running", text, StringComparison.Ordinal);
    }

    // The bus runs as the user that its recipe brings.
    [Fact]
    public async Task Programs_of_the_feed_run_with_the_accounts_of_their_recipes()
    {
        _desk.WriteBoard(Board);
        _desk.WriteImage("tiny", Packages("busybox").Replace("busybox ]", "busybox, dbus, wpa-supplicant ]", StringComparison.Ordinal) + "checks: [ { name: bus-user, run: \"stat -c %U /proc/$(cat /run/services/dbus/pid)\", output: messagebus } ]\n");
        var (exitCode, text) = await _desk.CheckAsync();
        Assert.True(exitCode == 0, text);
        Assert.Contains("passed  dbus: answers", text, StringComparison.Ordinal);
        Assert.Contains("passed  wpa-supplicant: version", text, StringComparison.Ordinal);
    }

    public void Dispose() => _desk.Dispose();

    private static string Packages(string init) => init == "systemd"
        ? DeskWorkspace.LayeredKernel + "init: systemd\npackages: [ base-files, busybox, systemd ]\n"
        : DeskWorkspace.KnownKernel + "packages: [ base-files, busybox ]\n";

    private static string Process(string init, string service) => init == "systemd" ? $"systemctl show --property MainPID --value {service}.service" : $"cat /run/services/{service}/pid 2>/dev/null";

    /// <summary>Asks until the command succeeds.</summary>
    private static Task<string> Until(Machine machine, string command) =>
        machine.ExpectAsync($"for _ in $(seq 300); do {{ {command}; }} && exit 0; sleep 0.2; done; exit 1", TimeSpan.FromMinutes(5), Cancellation);
}
