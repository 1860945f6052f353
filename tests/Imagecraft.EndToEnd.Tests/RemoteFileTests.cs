// Files to and from a board over SSH, by the programs that people have on their desks.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.EndToEnd.Tests;

public sealed class RemoteFileTests : IDisposable
{
    private readonly DeskWorkspace _desk = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imagecraft-remote-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scp_and_sftp_of_OpenSSH_bring_files_there_and_back()
    {
        var client = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_SSH_ROOT") is { Length: > 0 } set ? set : throw new InvalidOperationException("`IMAGECRAFT_TEST_SSH_ROOT` is not set; run the tests by `./build.sh test`, or set it to the tool root `ssh`");
        var key = Path.Combine(_folder.FullName, "key");
        await RunAsync(client, "/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        var port = FreePort();
        _desk.WriteBoard("command-line: \"console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1\"\npartitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]\n", string.Create(CultureInfo.InvariantCulture, $"{DeskWorkspace.Disk}, -netdev, \"user,id=n0,hostfwd=tcp:127.0.0.1:{port}-:22\", -device, \"virtio-net-pci,netdev=n0\""));
        _desk.WriteImage("tiny", $"{DeskWorkspace.KnownKernel}packages: [ base-files, busybox, dropbear ]\nnetwork: {{ interfaces: [ {{ name: eth0, addresses: [ 10.0.2.15/24 ], gateways: [ 10.0.2.2 ] }} ] }}\n", $", authorized-keys: [ \"{(await File.ReadAllTextAsync($"{key}.pub", Cancellation)).Trim()}\" ]");
        await using var machine = await _desk.BootAsync("tiny");
        await machine.ExpectAsync("for _ in $(seq 300); do grep -q ':0016 0*:0000 0A' /proc/net/tcp /proc/net/tcp6 && exit 0; sleep 0.2; done; exit 1", TimeSpan.FromMinutes(3), Cancellation);

        var there = Path.Combine(_folder.FullName, "there");
        await File.WriteAllBytesAsync(there, [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))], Cancellation);
        string[] options = ["-q", "-i", key, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=120", "-S", Wrapper(client)];
        await RunAsync(client, "/usr/bin/scp", [.. options, "-P", port.ToString(CultureInfo.InvariantCulture), there, "root@127.0.0.1:/root/there"]);
        await RunAsync(client, "/usr/bin/scp", [.. options, "-O", "-P", port.ToString(CultureInfo.InvariantCulture), there, "root@127.0.0.1:/root/old"]);
        Assert.Equal("same", await machine.ExpectAsync("cmp /root/there /root/old && echo same", cancellationToken: Cancellation));
        await RunAsync(client, "/usr/bin/scp", [.. options, "-P", port.ToString(CultureInfo.InvariantCulture), "root@127.0.0.1:/root/there", $"{there}.back"]);
        Assert.Equal(await File.ReadAllBytesAsync(there, Cancellation), await File.ReadAllBytesAsync($"{there}.back", Cancellation));
    }

    public void Dispose()
    {
        _desk.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Wrapper(string root)
    {
        var tool = ToolRootProgram.Find(root, "/usr/bin/ssh");
        var file = Path.Combine(_folder.FullName, "ssh");
        File.WriteAllText(file, $"#!/bin/sh\nexec {string.Join(' ', tool.Arguments.Prepend(tool.Program).Select(word => $"'{word}'"))} \"$@\"\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private static async Task RunAsync(string root, string program, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        var tool = ToolRootProgram.Find(root, program);
        var result = await CliWrap.Cli.Wrap(tool.Program).WithArguments([.. tool.Arguments, .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
        Assert.True(result.ExitCode == 0, $"`{program} {string.Join(' ', arguments)}` ended with {result.ExitCode}: {result.StandardOutput}{result.StandardError}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
