// labgrid as in a lab: its own coordinator, exporter and client, and a board with a console server and a power switch. Unaware of checks.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

/// <summary>A place that is acquired until it is disposed.</summary>
internal sealed class LabgridDesk : IAsyncDisposable
{
    public const string Place = "rock";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-labgrid-");
    private readonly ConsoleServer console = new();
    private readonly HttpListener power = new();
    private readonly List<Process> servers = [];
    private readonly Dictionary<string, string?> before = [];
    private readonly MachineDescription image;
    private DeskBoard? board;

    private LabgridDesk(MachineDescription image) => this.image = image;

    /// <summary>How often somebody has switched the board on.</summary>
    public int TimesOn { get; private set; }

    private static string Root => Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_LABGRID_ROOT") is { Length: > 0 } set ? set
        : throw new InvalidOperationException("`IMAGECRAFT_TEST_LABGRID_ROOT` is not set; run the tests by `./build.sh test`, or set it to the tool root `labgrid`");

    /// <summary>Sets all up. For the life of it, <c>PATH</c> begins with labgrid's programs.</summary>
    public static async Task<LabgridDesk> SetUpAsync(MachineDescription image, CancellationToken cancellationToken)
    {
        var desk = new LabgridDesk(image);
        try
        {
            await desk.SetUpAsync(cancellationToken);
        }
        catch
        {
            await desk.DisposeAsync();
            throw;
        }

        return desk;
    }

    /// <summary>What labgrid's client says, which must succeed.</summary>
    public static async Task<string> ClientAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        (int code, string said) = await TryClientAsync(arguments, cancellationToken);
        return code == 0 ? said : throw new InvalidOperationException($"labgrid-client {string.Join(' ', arguments)}: {code} {said}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process server in Enumerable.Reverse(servers))
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }

        ((IDisposable)power).Dispose();
        if (board is not null)
            await board.DisposeAsync();
        console.Dispose();
        foreach (var (name, value) in before)
            Environment.SetEnvironmentVariable(name, value);
        folder.Delete(recursive: true);
    }

    private async Task SetUpAsync(CancellationToken cancellationToken)
    {
        string programs = folder.CreateSubdirectory("bin").FullName;
        foreach (string part in (string[])["client", "coordinator", "exporter"])
            Write(programs, $"labgrid-{part}", $"PYTHONDONTWRITEBYTECODE=1 PYTHONHOME={Root}/usr PYTHONPATH={Root}/usr/lib/python3/dist-packages", Words("/usr/bin/python3") + $" '{Root}/usr/bin/labgrid-{part}'");
        Write(programs, "microcom", "", Words("/usr/bin/microcom"));
        string coordinator = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        Set("PATH", $"{programs}:{Environment.GetEnvironmentVariable("PATH")}");
        Set("LG_COORDINATOR", coordinator);

        await SwitchOnAsync(cancellationToken);
        int switchPort = FreePort();
        power.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{switchPort}/"));
        power.Start();
        _ = ServePowerAsync();

        Serve("labgrid-coordinator", "-l", coordinator);
        string resources = Path.Combine(folder.FullName, "exporter.yaml");
        await File.WriteAllTextAsync(resources, string.Create(CultureInfo.InvariantCulture, $$"""
            {{Place}}:
              NetworkSerialPort: { host: 127.0.0.1, port: {{console.ClientPort}} }
              NetworkPowerPort: { model: simplerest, host: "http://127.0.0.1:{{switchPort}}/relay/{index}/{value}", index: 1 }

            """), cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while ((await TryClientAsync(["places"], limit.Token)).Code != 0)
            await Task.Delay(200, limit.Token);
        Serve("labgrid-exporter", "-c", coordinator, "-n", "desk", "--hostname", "127.0.0.1", resources);
        while (!(await ClientAsync(limit.Token, "resources")).Contains("NetworkPowerPort", StringComparison.Ordinal))
            await Task.Delay(200, limit.Token);
        await ClientAsync(limit.Token, "-p", Place, "create");
        await ClientAsync(limit.Token, "-p", Place, "add-match", $"desk/{Place}/*");
        await ClientAsync(limit.Token, "-p", Place, "acquire");
    }

    private async Task SwitchOnAsync(CancellationToken cancellationToken) =>
        board = await DeskBoard.SwitchOnAsync(image, string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{console.BoardPort}"), cancellationToken);

    // GET /relay/1/0 and /relay/1/1
    private async Task ServePowerAsync()
    {
        while (power.IsListening)
        {
            try
            {
                HttpListenerContext call = await power.GetContextAsync();
                bool on = call.Request.Url!.AbsolutePath.EndsWith("/1/1", StringComparison.Ordinal);
                if (board is not null)
                    await board.DisposeAsync();
                board = null;
                if (on)
                {
                    TimesOn++;
                    await SwitchOnAsync(CancellationToken.None);
                }

                call.Response.Close();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private void Serve(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.FullName };
        Process server = Process.Start(start)!;
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        servers.Add(server);
    }

    private static async Task<(int Code, string Said)> TryClientAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using Process client = Process.Start(new ProcessStartInfo("labgrid-client", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = client.StandardOutput.ReadToEndAsync(cancellationToken), errors = client.StandardError.ReadToEndAsync(cancellationToken);
        await client.WaitForExitAsync(cancellationToken);
        return (client.ExitCode, await output + await errors);
    }

    private void Set(string name, string value)
    {
        before[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private static string Words(string program)
    {
        ToolRootProgram tool = ToolRootProgram.Find(Root, program);
        return string.Join(' ', tool.Arguments.Prepend(tool.Program).Select(word => $"'{word}'"));
    }

    private static void Write(string programs, string name, string variables, string command)
    {
        string file = Path.Combine(programs, name);
        File.WriteAllText(file, $"#!/bin/sh\n{variables} exec {command} \"$@\"\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
