// The kit on a booted image, where things go wrong: waits that fail, transfers that cannot be, ports that nobody forwards; and a guest that SSH reaches.

using System.Collections.Immutable;
using System.Diagnostics;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class TestKitOnLinuxTests(BootedMachine booted) : IClassFixture<BootedMachine>, IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");

    private Machine Machine => booted.Machine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_wait_that_fails_tells_what_was_seen_last()
    {
        var failure = await Assert.ThrowsAsync<WaitFailedException>(() => Machine.WaitForSuccessAsync("echo on the way; exit 7", Short, Cancellation));
        Assert.Equal("Command `echo on the way; exit 7` does not succeed within 0.5 s. Seen last (exit code 7):\non the way", failure.Message);

        await Machine.ExpectAsync("mkdir -p /tmp/some && touch /tmp/some/other", cancellationToken: Cancellation);
        failure = await Assert.ThrowsAsync<WaitFailedException>(() => Machine.WaitForFileAsync("/tmp/some/file", Short, Cancellation));
        Assert.Equal("Path `/tmp/some/file` does not exist within 0.5 s. Seen last (exit code 1):\n`/tmp/some` has:\nother", failure.Message);

        await Machine.WaitForPortAsync(22, cancellationToken: Cancellation);
        failure = await Assert.ThrowsAsync<WaitFailedException>(() => Machine.WaitForPortAsync(7, Short, Cancellation));
        Assert.StartsWith("Nobody listens on TCP port 7 within 0.5 s. Seen last (exit code 1):\nports on which somebody listens: [22", failure.Message);

        await Machine.WaitForServiceAsync("dropbear", cancellationToken: Cancellation);
        failure = await Assert.ThrowsAsync<WaitFailedException>(() => Machine.WaitForServiceAsync("no-such", Short, Cancellation));
        Assert.Equal("Service `no-such` does not run within 0.5 s. Seen last (exit code 1):\nno pid file of it, and no process with that name", failure.Message);
    }

    [Fact]
    public async Task A_service_that_has_failed_is_not_waited_for()
    {
        await Machine.ExpectAsync("mkdir -p /run/services/broken && echo 'it ended with exit code 7' > /run/services/broken/failed", cancellationToken: Cancellation);
        var failure = await Assert.ThrowsAsync<WaitFailedException>(() => Machine.WaitForServiceAsync("broken", cancellationToken: Cancellation));
        await Machine.ExpectAsync("rm -r /run/services/broken", cancellationToken: Cancellation);
        Assert.StartsWith("Service `broken` does not run and will not: it has failed", failure.Message);
        Assert.Contains("it ended with exit code 7", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_537)]
    [InlineData(5_000_000)]
    public async Task Files_of_any_size_travel_by_their_own_port(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        await File.WriteAllBytesAsync(PathOf("sent"), bytes, Cancellation);
        long console = new FileInfo(Machine.LogPath).Length;
        await Machine.CopyToAsync(PathOf("sent"), "/tmp/it's sent", Cancellation);
        await Machine.CopyFromAsync("/tmp/it's sent", PathOf("received"), Cancellation);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(PathOf("received"), Cancellation));
        // None of it went over the console.
        Assert.InRange(new FileInfo(Machine.LogPath).Length - console, 0, 20_000);
        await Machine.ExpectAsync("rm \"/tmp/it's sent\"", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_or_read_is_told_and_spoils_no_other()
    {
        await File.WriteAllBytesAsync(PathOf("sent"), new byte[3_000_000], Cancellation);
        var failure = await Assert.ThrowsAsync<IOException>(() => Machine.CopyToAsync(PathOf("sent"), "/no/such/folder/file", Cancellation));
        Assert.Contains("nonexistent directory", failure.Message);
        await Machine.ExpectAsync("mkdir -p /tmp/small && mount -t tmpfs -o size=1m tmpfs /tmp/small", cancellationToken: Cancellation);
        failure = await Assert.ThrowsAsync<IOException>(() => Machine.CopyToAsync(PathOf("sent"), "/tmp/small/file", Cancellation));
        Assert.Contains("No space left on device", failure.Message);
        failure = await Assert.ThrowsAsync<IOException>(() => Machine.CopyFromAsync("/no/such/file", PathOf("received"), Cancellation));
        Assert.Contains("/no/such/file", failure.Message);
        failure = await Assert.ThrowsAsync<IOException>(() => Machine.CopyFromAsync("/proc", PathOf("received"), Cancellation));
        Assert.Contains("directory", failure.Message);

        await Machine.ExpectAsync("umount /tmp/small; echo after > /tmp/after", cancellationToken: Cancellation);
        await Machine.CopyFromAsync("/tmp/after", PathOf("received"), Cancellation);
        Assert.Equal("after\n", await File.ReadAllTextAsync(PathOf("received"), Cancellation));
    }

    [Fact]
    public async Task A_machine_without_a_serial_bus_gets_files_over_its_console()
    {
        await File.WriteAllTextAsync(PathOf("sent"), "over the console", Cancellation);
        MachineDescription description = MachineDescription.FromJson(await File.ReadAllTextAsync(Environment.GetEnvironmentVariable(BootedMachine.MachineVariable)!, Cancellation));
        await using Machine plain = await Machine.StartAsync(new() { Description = description with { Arguments = WithoutSerialBus(description.Arguments) } }, Cancellation);
        await plain.CopyToAsync(PathOf("sent"), "/tmp/sent", Cancellation);
        Assert.Equal("over the console", await plain.ExpectAsync("cat /tmp/sent", cancellationToken: Cancellation));
        await plain.CopyFromAsync("/tmp/sent", PathOf("received"), Cancellation);
        Assert.Equal("over the console", await File.ReadAllTextAsync(PathOf("received"), Cancellation));
    }

    [Fact]
    public async Task A_port_that_cannot_be_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Machine.ForwardAsync(70_000, Cancellation));

    [Fact]
    public async Task A_guest_is_the_same_over_SSH()
    {
        await KeygenAsync();
        await AllowAsync(Machine);
        var way = await Machine.ForwardAsync(22, Cancellation);
        await using SshMachine remote = await SshMachine.ConnectAsync(new(way.Address.ToString(), Port: way.Port) { Identity = PathOf("key") }, cancellationToken: Cancellation);

        Assert.Equal(await Machine.ExpectAsync("cat /proc/sys/kernel/random/boot_id", cancellationToken: Cancellation), await remote.ExpectAsync("cat /proc/sys/kernel/random/boot_id", cancellationToken: Cancellation));
        CommandResult result = await remote.RunAsync("echo out; echo \"it's err\" >&2; exit 255", cancellationToken: Cancellation);
        Assert.Equal(("out\nit's err\n", 255, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
        result = await remote.RunAsync("echo begun; sleep 1000", TimeSpan.FromSeconds(1), Cancellation);
        Assert.Equal((-1, CommandEnd.TimedOut), (result.ExitCode, result.End));
        Assert.StartsWith("begun\n", result.Output);

        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(PathOf("sent"), bytes, Cancellation);
        await remote.CopyToAsync(PathOf("sent"), "/tmp/by ssh", Cancellation);
        await remote.CopyFromAsync("/tmp/by ssh", PathOf("received"), Cancellation);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(PathOf("received"), Cancellation));
        Assert.Contains("nonexistent directory", (await Assert.ThrowsAsync<IOException>(() => remote.CopyToAsync(PathOf("sent"), "/no/such/folder/file", Cancellation))).Message);

        Assert.IsType<SshMachine>(await TargetAsync(remote.Address.ToString()));

        // For itself only: from outside nobody reaches it but through SSH.
        await Machine.ExpectAsync("printf '#!/bin/sh\\nread -r line; printf \"HTTP/1.0 200 OK\\\\r\\\\n\\\\r\\\\ninside\"\\n' > /tmp/inside; chmod +x /tmp/inside; tcpsvd -E 127.0.0.1 8081 /tmp/inside > /dev/null 2>&1 &", cancellationToken: Cancellation);
        await remote.WaitForPortAsync(8081, cancellationToken: Cancellation);
        using HttpClient client = await remote.HttpAsync(8081, Cancellation);
        Assert.Equal("inside", await client.GetStringAsync(new Uri("", UriKind.Relative), Cancellation));

        var refused = await Assert.ThrowsAsync<SshException>(() => SshMachine.ConnectAsync(remote.Address with { User = "nobody-here" }, Short, Cancellation));
        Assert.Contains("Permission denied", refused.Message);
    }

    [Fact]
    public async Task A_guest_that_reboots_is_reached_again_over_SSH()
    {
        await KeygenAsync();
        // As a board does it: the machine goes on.
        await using Machine guest = await Machine.StartAsync(new() { Arguments = ["-action", "reboot=reset"] }, Cancellation);
        await AllowAsync(guest);
        var way = await guest.ForwardAsync(22, Cancellation);
        await using SshMachine remote = await SshMachine.ConnectAsync(new(way.Address.ToString(), Port: way.Port) { Identity = PathOf("key") }, cancellationToken: Cancellation);
        string before = await remote.ExpectAsync("cat /proc/sys/kernel/random/boot_id", cancellationToken: Cancellation);
        var port = await remote.ForwardAsync(22, Cancellation);

        await remote.RebootAsync(cancellationToken: Cancellation);

        Assert.NotEqual(before, await remote.ExpectAsync("cat /proc/sys/kernel/random/boot_id", cancellationToken: Cancellation));
        Assert.Equal(port, await remote.ForwardAsync(22, Cancellation));
        Assert.Equal("RESET", (await guest.WaitForEventAsync("RESET", cancellationToken: Cancellation)).Name);
    }

    private async Task<ITestMachine> TargetAsync(string address)
    {
        Environment.SetEnvironmentVariable(TestTarget.AddressVariable, address);
        Environment.SetEnvironmentVariable(TestTarget.KeyVariable, PathOf("key"));
        try
        {
            await using var target = new TestTarget();
            await target.InitializeAsync();
            Assert.Equal("Linux", await target.Machine.ExpectAsync("uname -s", cancellationToken: Cancellation));
            return target.Machine;
        }
        finally
        {
            Environment.SetEnvironmentVariable(TestTarget.AddressVariable, null);
            Environment.SetEnvironmentVariable(TestTarget.KeyVariable, null);
        }
    }

    private async Task AllowAsync(Machine guest)
    {
        string key = (await File.ReadAllTextAsync(PathOf("key.pub"), Cancellation)).Trim();
        await guest.ExpectAsync($"mkdir -p -m 0700 /root/.ssh && echo '{key}' > /root/.ssh/authorized_keys && sync", cancellationToken: Cancellation);
        await guest.WaitForNetworkAsync(cancellationToken: Cancellation);
        await guest.WaitForPortAsync(22, cancellationToken: Cancellation);
    }

    private async Task KeygenAsync()
    {
        using Process made = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", PathOf("key")]);
        await made.WaitForExitAsync(Cancellation);
        Assert.Equal(0, made.ExitCode);
    }

    private static ImmutableArray<string> WithoutSerialBus(ImmutableArray<string> arguments)
    {
        return [.. arguments.Where((argument, index) => !IsOfBus(argument) && !(argument == "-device" && IsOfBus(arguments[index + 1])))];

        static bool IsOfBus(string argument) => argument.StartsWith("virtio-serial", StringComparison.Ordinal) || argument.StartsWith("virtserialport", StringComparison.Ordinal);
    }
}
