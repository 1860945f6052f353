// A machine that SSH reaches: a board on the desk, or a guest. Unaware of QEMU.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

/// <summary>Commands, files and ports of a machine by this host's <c>ssh</c>. The machine needs a shell, for files <c>cat</c> and <c>sha256sum</c>; limits of commands are kept by its <c>timeout</c> where it has one.</summary>
/// <remarks>Each command is a connection of its own, so several may run at once.</remarks>
public sealed class SshMachine : ITestMachine
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    // How much later than the machine's `timeout` the connection is cut.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    // Slower than a board's network is.
    private const double LeastBytesPerSecond = 50_000;

    private readonly SshClient client;
    private readonly Dictionary<int, (IPEndPoint Host, Process Way)> ways = [];

    private SshMachine(SshAddress address) => (Address, client) = (address, new(address));

    /// <summary>Where it is.</summary>
    public SshAddress Address { get; }

    /// <summary>How long to wait for a machine that boots, when a test does not say.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Waits until the machine takes commands.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="SshException">It does not in time, or refuses the user; the message has the client's words.</exception>
    public static async Task<SshMachine> ConnectAsync(SshAddress address, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var machine = new SshMachine(address);
        await machine.WaitAsync("true", limit ?? DefaultLimit, cancellationToken);
        return machine;
    }

    /// <inheritdoc/>
    /// <exception cref="SshException">There is no connection.</exception>
    public async Task<CommandResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        TimeSpan most = limit ?? Machine.DefaultLimit;
        string seconds = Math.Max(1, (long)Math.Ceiling(most.TotalSeconds)).ToString(CultureInfo.InvariantCulture), script = ShellText.Quote(command);
        long started = Stopwatch.GetTimestamp();
        SshAnswer answer = await client.RunAsync(
            $"if command -v timeout >/dev/null; then timeout -k 5 {seconds} sh -c {script}; else sh -c {script}; fi </dev/null 2>&1", null, null, most + Grace, cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        // Exit codes of `timeout`: 124, or that of the signal; a command that was not ended has taken less.
        bool isOver = answer.IsOver || (took >= most && answer.ExitCode is 124 or 137 or 143);
        return new(answer.Output, isOver ? -1 : answer.ExitCode, took, isOver ? CommandEnd.TimedOut : CommandEnd.Exited);
    }

    /// <inheritdoc/>
    public async Task<string> ExpectAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        CommandResult result = await RunAsync(command, limit, cancellationToken);
        return result.Succeeded ? result.Output.TrimEnd('\n') : throw new CommandFailedException(command, result);
    }

    /// <inheritdoc/>
    public async Task CopyToAsync(string hostPath, string targetPath, CancellationToken cancellationToken = default)
    {
        await using FileStream content = File.OpenRead(hostPath);
        SshAnswer answer = await client.RunAsync($"{{ cat > {ShellText.Quote(targetPath)}; }} 2>&1", content, null, LimitFor(content.Length), cancellationToken);
        Succeeded(answer, targetPath);
        await CompareAsync(hostPath, targetPath, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CopyFromAsync(string targetPath, string hostPath, CancellationToken cancellationToken = default)
    {
        string path = ShellText.Quote(targetPath);
        CommandResult size = await RunAsync($"wc -c < {path}", cancellationToken: cancellationToken);
        if (!size.Succeeded)
            throw new IOException($"Copying `{targetPath}` failed on the machine (exit code {size.ExitCode}): {size.Output.Trim()}");
        await using (FileStream destination = File.Create(hostPath))
            Succeeded(await client.RunAsync($"cat {path} 2>/dev/null", null, destination, LimitFor(long.Parse(size.Output, CultureInfo.InvariantCulture)), cancellationToken), targetPath);
        await CompareAsync(hostPath, targetPath, cancellationToken);
    }

    /// <summary>An address on this host that leads through SSH to a TCP port of the machine, also to one on which it listens for itself only.</summary>
    /// <exception cref="SshException">There is no connection, or the machine's server forwards nothing.</exception>
    public async Task<IPEndPoint> ForwardAsync(int port, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        if (ways.TryGetValue(port, out var known) && !known.Way.HasExited)
            return known.Host;
        for (int attempt = 1; ; attempt++)
        {
            // After a restart of the machine there is another way to the same address.
            IPEndPoint host = ways.Remove(port, out known) ? known.Host : HostPort.Free();
            Process way = client.Forward(host, port);
            Task<string> complaint = way.StandardError.ReadToEndAsync(CancellationToken.None);
            if (await ListensAsync(host, way, cancellationToken))
            {
                ways[port] = (host, way);
                return host;
            }

            string words = (await complaint).Trim();
            way.Dispose();
            if (attempt == HostPort.Attempts)
                throw new SshException(Address, words);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SshException">It does not come back in time.</exception>
    public async Task RebootAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        const string BootId = "cat /proc/sys/kernel/random/boot_id";
        string before = await ExpectAsync(BootId, cancellationToken: cancellationToken);
        try
        {
            await RunAsync("reboot", cancellationToken: cancellationToken);
        }
        catch (SshException)
        {
            // It went down before it could answer.
        }

        await WaitAsync($"[ \"$({BootId})\" != {before} ]", limit ?? DefaultLimit, cancellationToken);
    }

    /// <summary>Ends the ways to ports; the machine runs on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach ((_, Process way) in ways.Values)
        {
            if (!way.HasExited)
                way.Kill();
            await way.WaitForExitAsync();
            way.Dispose();
        }

        ways.Clear();
    }

    private async Task WaitAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        for (int attempts = 1; ; attempts++)
        {
            bool isLast = attempts > 1 && Stopwatch.GetElapsedTime(started) >= limit;
            try
            {
                if ((await RunAsync(command, cancellationToken: cancellationToken)).Succeeded)
                    return;
                if (isLast)
                    throw new SshException(Address, $"`{command}` does not succeed within {limit.TotalSeconds:0.#} s");
            }
            catch (SshException) when (!isLast)
            {
                // It boots, or shuts down.
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    private static async Task<bool> ListensAsync(IPEndPoint host, Process way, CancellationToken cancellationToken)
    {
        while (!way.HasExited)
        {
            using var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(host, cancellationToken);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }

        return false;
    }

    private async Task CompareAsync(string hostPath, string targetPath, CancellationToken cancellationToken)
    {
        await using FileStream content = File.OpenRead(hostPath);
        string expected = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        string sum = await ExpectAsync($"sha256sum < {ShellText.Quote(targetPath)}", cancellationToken: cancellationToken);
        if (!sum.StartsWith(expected, StringComparison.Ordinal))
            throw new IOException($"`{targetPath}` has another content after copying: this host says {expected}, the machine {sum.Trim()}");
    }

    private static TimeSpan LimitFor(long size) => Machine.DefaultLimit + Grace + TimeSpan.FromSeconds(size / LeastBytesPerSecond);

    private static void Succeeded(SshAnswer answer, string targetPath)
    {
        if (answer.IsOver || answer.ExitCode != 0)
            throw new IOException($"Copying `{targetPath}` failed on the machine ({(answer.IsOver ? "its time was over" : $"exit code {answer.ExitCode}")}): {answer.Output.Trim()}");
    }
}
