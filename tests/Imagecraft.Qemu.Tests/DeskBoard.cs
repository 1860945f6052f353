// Stands for a board on a desk: a QEMU of its own that is reached by a pseudo-terminal and by a forwarded port, and reboots as boards do. Unaware of who checks it.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

/// <summary>A built image that is switched on until it is disposed.</summary>
internal sealed partial class DeskBoard : IAsyncDisposable
{
    private const string Pseudoterminal = "pty";

    private readonly Process process;

    private DeskBoard(Process process, string serialPort, int port)
    {
        this.process = process;
        SerialPort = serialPort;
        SshPort = port;
    }

    /// <summary>The end of its console on this host, when that is a pseudo-terminal.</summary>
    public string SerialPort { get; }

    /// <summary>The port of this host that leads to its SSH server.</summary>
    public int SshPort { get; }

    /// <summary>With its console on a pseudo-terminal.</summary>
    public static Task<DeskBoard> SwitchOnAsync(MachineDescription machine, CancellationToken cancellationToken) => SwitchOnAsync(machine, Pseudoterminal, cancellationToken);

    /// <summary>With its console at a place in the words of QEMU's <c>-serial</c>.</summary>
    public static async Task<DeskBoard> SwitchOnAsync(MachineDescription machine, string serial, CancellationToken cancellationToken)
    {
        int port = FreePort();
        ToolRootProgram tool = ToolRootProgram.Find(machine.ToolRoot, $"/usr/bin/qemu-system-{machine.System}");
        ImmutableArray<string> arguments = [.. machine.ExpandedArguments.Where(argument => argument != "-no-reboot").Select(argument =>
            argument.StartsWith("user,", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"{argument},hostfwd=tcp:127.0.0.1:{port}-:22") : argument)];
        var start = new ProcessStartInfo(tool.Program, [.. tool.Arguments, "-L", Path.Join(machine.ToolRoot, "usr/share/qemu"), "-no-user-config", "-run-with", "exit-with-parent=on", "-monitor", "none", "-chardev", "null,id=ic-channel", "-serial", serial, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var started = new TaskCompletionSource<Process>();
        // QEMU ends with the thread that has started it.
        new Thread(() =>
        {
            Process child = Process.Start(start)!;
            started.SetResult(child);
            child.WaitForExit();
        }) { IsBackground = true }.Start();
        Process process = await started.Task;
        if (serial != Pseudoterminal)
            return new(process, "", port);
        string? line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null || Redirected().Match(line) is not { Success: true } place)
            throw new InvalidOperationException($"QEMU names no pseudo-terminal: {line} {await process.StandardError.ReadToEndAsync(cancellationToken)}");
        return new(process, place.Groups[1].Value, port);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"char device redirected to (\S+)")]
    private static partial Regex Redirected();
}
