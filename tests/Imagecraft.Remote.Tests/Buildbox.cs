// buildbox-casd: a server of the Remote Execution API that nobody here wrote, and its clients.

using System.Diagnostics;
using System.Net.Sockets;

namespace Imagecraft.Remote.Tests;

/// <summary>One server in its tool root, on a Unix socket of its own.</summary>
sealed class Buildbox : IAsyncDisposable
{
    readonly Process process;
    readonly string folder;

    Buildbox(Process process, string folder) => (this.process, this.folder) = (process, folder);

    static string Root => Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_BUILDBOX_ROOT") is { Length: > 0 } set
        ? set
        : throw new InvalidOperationException("`IMAGECRAFT_TEST_BUILDBOX_ROOT` is not set; run the tests by `./build.sh test`, or set it to the tool root `buildbox`");

    public Uri Uri => new($"unix:{folder}/socket");

    /// <summary>Where its clients run.</summary>
    public string Folder => folder;

    public static async Task<Buildbox> StartAsync(params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("casd-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "cache"));
        var started = Start(folder, ["buildbox-casd", $"--bind=unix:{folder}/socket", "--buildbox-run=/usr/bin/buildbox-run-bubblewrap", "--cache-failures=false", "--jobs", "2", "--runner-arg=--staging-mode=copy-or-link", "--quota-high=20G", .. options, Path.Combine(folder, "cache")]);
        var server = new Buildbox(started, folder);
        for (var i = 0; i < 600; i++)
        {
            if (started.HasExited)
                throw new InvalidOperationException($"buildbox-casd ended with {started.ExitCode}: {await started.StandardError.ReadToEndAsync()}");
            if (File.Exists(Path.Combine(folder, "socket")) && await AcceptsAsync(Path.Combine(folder, "socket")))
                return server;
            await Task.Delay(100);
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("buildbox-casd does not listen after a minute");
    }

    /// <summary>Runs a client to its end; what it printed.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        using var client = Start(folder, arguments);
        var text = client.StandardOutput.ReadToEndAsync();
        var problems = await client.StandardError.ReadToEndAsync();
        await client.WaitForExitAsync();
        Assert.True(client.ExitCode == 0, $"{arguments[0]} ended with {client.ExitCode}: {problems}");
        return await text;
    }

    /// <summary>Ends it at once, with all that it runs.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static async Task<bool> AcceptsAsync(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // In the root, with the folder at the same path as here. The server starts sandboxes of its own, so /proc is that of the host.
    static Process Start(string folder, string[] arguments)
    {
        var root = Root;
        var start = new ProcessStartInfo($"{root}/lib64/ld-linux-x86-64.so.2") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all =
        [
            "--library-path", $"{root}/usr/lib/x86_64-linux-gnu", $"{root}/usr/bin/bwrap", "--die-with-parent", "--ro-bind", root, "/", "--bind", "/proc", "/proc", "--dev-bind", "/dev", "/dev",
            "--ro-bind", "/sys", "/sys", "--tmpfs", "/tmp", "--bind", folder, folder, "--clearenv", "--setenv", "PATH", "/usr/bin", "/usr/bin/" + arguments[0], .. arguments[1..],
        ];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        return Process.Start(start)!;
    }
}
