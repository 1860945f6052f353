// A running QEMU machine with its console. Unaware of what runs in it.

using System.Collections.Immutable;
using System.Net.Sockets;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Machines;

/// <summary>Starts QEMU from a tool root and owns the process: it ends with this object, and with this process however that ends.</summary>
public sealed partial class QemuMachine : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(5);

    // Without udev, only sysfs knows which port has the name. Source: drivers/char/virtio_console.c of the kernel.
    private static readonly string FindChannel = $"set -- {QemuArguments.ChannelPort}; {ShellProgram.Line("find-channel")}";

    private readonly ChildProcess process;
    private readonly DirectoryInfo folder;
    private string? ownDisk;
    private bool disposed;

    private QemuMachine(MachineDescription description, ChildProcess process, List<AcceleratorServer> servers, DirectoryInfo folder, SerialConsole console, QmpClient? qmp)
    {
        this.process = process;
        this.servers = servers;
        this.folder = folder;
        Description = description;
        Console = console;
        Qmp = qmp;
    }

    /// <summary>What was started.</summary>
    public MachineDescription Description { get; }

    /// <summary>The serial port that is the console.</summary>
    public SerialConsole Console { get; }

    /// <summary>The control connection; null when the machine ended before it was ready.</summary>
    public QmpClient? Qmp { get; }

    /// <summary>QEMU's process id.</summary>
    public int ProcessId => process.Id;

    /// <summary>Ends with QEMU's exit code.</summary>
    public Task<int> Exited => process.Exited;

    /// <summary>Starts the machine; it boots while this returns.</summary>
    /// <param name="machine">What to start.</param>
    /// <param name="consoleLog">File to which all console output is appended; null: none. Its folder must exist.</param>
    /// <param name="cancellationToken">Ends starting.</param>
    /// <exception cref="MachineStartException">Something is missing, or QEMU does not accept the arguments; the message has its words.</exception>
    public static Task<QemuMachine> StartAsync(MachineDescription machine, string? consoleLog, CancellationToken cancellationToken) =>
        StartAsync(machine, consoleLog, [], cancellationToken);

    /// <summary>Starts the machine with arguments of QEMU besides the board's own; the console's log is appended to.</summary>
    internal static async Task<QemuMachine> StartAsync(MachineDescription machine, string? consoleLog, ImmutableArray<string> further, CancellationToken cancellationToken)
    {
        ToolRootProgram tool = Find(machine);
        DirectoryInfo folder = CreateFolder();
        ChildProcess? process = null;
        List<AcceleratorServer> servers = [];
        try
        {
            machine = MachineDisk.OfItsSize(machine, folder.FullName);
            ImmutableArray<string> accelerators = await ServeAsync(machine, folder, servers, cancellationToken);
            var place = new ConsolePlace.Sockets(Path.Combine(folder.FullName, "console"), Path.Combine(folder.FullName, "qmp"), Path.Combine(folder.FullName, "channel"), Path.Combine(folder.FullName, "way-in"));
            using Socket consoleListener = Listen(place.Console);
            using Socket qmpListener = Listen(place.Qmp);
            using Socket channelListener = Listen(place.Channel);
            using Socket wayInListener = Listen(place.WayIn);
            // It begins when its events are heard: a machine that ends at once would otherwise not be heard to end. One that goes on from elsewhere begins with that.
            bool waits = !further.Contains("-incoming");
            process = await ChildProcess.StartAsync(tool, [.. QemuArguments.Of(machine, place, accelerators), .. waits ? (string[])["-S"] : [], .. further], inTerminal: false);
            NetworkStream consoleStream = await AcceptAsync(consoleListener, process, cancellationToken);
            Stream qmpStream = await AcceptAsync(qmpListener, process, cancellationToken);
            CommandChannel? channel = machine.HasChannel ? new(await AcceptAsync(channelListener, process, cancellationToken), FindChannel) : null;
            Stream? wayIn = machine.HasWayIn ? await AcceptAsync(wayInListener, process, cancellationToken) : null;
            QmpClient? qmp = await NegotiateAsync(qmpStream, process, cancellationToken);
            Stream? log = consoleLog is null ? null : new FileStream(consoleLog, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            QemuWatch? watch = qmp is null ? null : new QemuWatch(process, qmp, consoleStream.Socket);
            ChildProcess started = process;
            var console = new SerialConsole(consoleStream, wayIn ?? consoleStream, log, () => DescribeEndAsync(started, qmp), watch, wayIn is null ? channel : new(wayIn, null))
            {
                Route = ConsoleRoutes.Of(machine),
                Keyboard = wayIn is null ? null : consoleStream,
                ResetsAfterPanic = KernelArguments.ResetAfterPanic(machine.CommandLine),
            };
            if (waits && qmp is not null)
                await qmp.ExecuteAsync("cont", null, cancellationToken);
            return new(machine, process, servers, folder, console, qmp);
        }
        catch
        {
            if (process is not null)
            {
                await process.KillAsync();
                process.Dispose();
            }

            await EndAsync(servers);
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Runs the machine on this process's terminal until it ends.</summary>
    /// <param name="machine">What to start.</param>
    /// <param name="further">Arguments of QEMU after the board's own.</param>
    /// <param name="input">What is typed, whose end is that of the machine; null: the terminal, which QEMU inherits.</param>
    /// <param name="reachable">Told the socket of the machine's way in before it starts; null: nobody comes in.</param>
    /// <param name="cancellationToken">Ends QEMU.</param>
    /// <returns>QEMU's exit code; 0 after the end of the input.</returns>
    /// <exception cref="MachineStartException">Something is missing.</exception>
    public static async Task<int> RunInTerminalAsync(MachineDescription machine, IReadOnlyCollection<string> further, Stream? input, Action<string>? reachable, CancellationToken cancellationToken)
    {
        ToolRootProgram tool = Find(machine);
        DirectoryInfo folder = CreateFolder();
        List<AcceleratorServer> servers = [];
        try
        {
            ImmutableArray<string> accelerators = await ServeAsync(machine, folder, servers, cancellationToken);
            string? wayIn = reachable is null ? null : Path.Combine(folder.FullName, "way-in");
            reachable?.Invoke(wayIn!);
            using ChildProcess process = await ChildProcess.StartAsync(
                tool, [.. QemuArguments.Of(MachineDisk.OfItsSize(machine, folder.FullName), new ConsolePlace.Terminal(wayIn), accelerators), .. further], inTerminal: true, relaysInput: input is not null);
            try
            {
                if (input is null)
                    return await process.Exited.WaitAsync(cancellationToken);
                Task typing = process.TypeAsync(input, cancellationToken);
                return await Task.WhenAny(typing, process.Exited.WaitAsync(cancellationToken)) == typing && !cancellationToken.IsCancellationRequested ? 0 : await process.Exited.WaitAsync(cancellationToken);
            }
            finally
            {
                await process.TerminateAsync(QuitLimit);
            }
        }
        finally
        {
            await EndAsync(servers);
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Asks the system to power off and waits for QEMU's end.</summary>
    /// <exception cref="MachineException">It panics or does not end in time.</exception>
    public async Task PowerOffAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await Console.ShutDownAsync("poweroff", limit, cancellationToken);
        await process.Exited.WaitAsync(limit, cancellationToken);
    }

    /// <summary>The file is deleted when this machine has ended.</summary>
    internal void OwnDisk(string path) => ownDisk = path;

    /// <summary>Ends QEMU at once, as a power failure ends a machine: what the system has not written to its disk yet is lost.</summary>
    public Task CutPowerAsync() => process.KillAsync();

    /// <summary>Ends QEMU: by its own <c>quit</c>, or else by a signal to its process id.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        using var limit = new CancellationTokenSource(QuitLimit);
        try
        {
            if (!process.Exited.IsCompleted && Qmp is not null)
            {
                await Qmp.QuitAsync(limit.Token);
                await process.Exited.WaitAsync(limit.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Gone meanwhile, or deaf: the signal settles it.
        }

        await process.KillAsync();
        await Console.DisposeAsync();
        if (Qmp is not null)
            await Qmp.DisposeAsync();
        process.Dispose();
        await EndAsync(servers);
        folder.Delete(recursive: true);
        if (ownDisk is not null)
            File.Delete(ownDisk);
    }

    private static ToolRootProgram Find(MachineDescription machine)
    {
        foreach (string artifact in (string[])[machine.Image, machine.Disk])
            if (!File.Exists(artifact))
                throw new MachineStartException($"Artifact `{artifact}` does not exist; build the image first");
        return ToolRootProgram.Find(machine.ToolRoot, $"/usr/bin/qemu-system-{machine.System}");
    }

    private static async Task<string> DescribeEndAsync(ChildProcess process, QmpClient? qmp)
    {
        string end = await process.DescribeEndAsync();
        using var limit = new CancellationTokenSource(QuitLimit);
        string? cause = null;
        try
        {
            cause = qmp is null || !process.Exited.IsCompleted ? null : await qmp.EndAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It is another's turn to read, for good.
        }

        return cause switch
        {
            "guest-reset" => $"{MachineExitException.ResetWords}, as in a reboot; {end}",
            "guest-shutdown" => $"it has powered itself off; {end}",
            "guest-panic" => $"its kernel has told QEMU of a panic; {end}",
            _ => end,
        };
    }

    // A socket's address holds 107 bytes (unix(7)), so a long TMPDIR cannot be used.
    private static DirectoryInfo CreateFolder()
    {
        if (Path.GetTempPath().Length < 70)
            return Directory.CreateTempSubdirectory("icq-");
        return Directory.CreateDirectory($"/tmp/icq-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(1);
        return socket;
    }

    // An answer proves that QEMU has accepted all arguments; a small program may have powered off before it.
    private static async Task<QmpClient?> NegotiateAsync(Stream stream, ChildProcess process, CancellationToken cancellationToken)
    {
        try
        {
            return await QmpClient.ConnectAsync(stream, cancellationToken);
        }
        catch (IOException)
        {
            if (await process.Exited.WaitAsync(StartLimit, cancellationToken) != 0)
                throw new MachineStartException($"{await process.DescribeEndAsync()}; check `qemu:` of the board");
            return null;
        }
    }

    private static async Task<NetworkStream> AcceptAsync(Socket listener, ChildProcess process, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(StartLimit);
        Task<Socket> accepted = listener.AcceptAsync(ending.Token).AsTask();
        if (await Task.WhenAny(accepted, process.Exited) == accepted && !ending.IsCancellationRequested)
            return new NetworkStream(await accepted, ownsSocket: true);

        await ending.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        throw new MachineStartException(process.Exited.IsCompleted
            ? $"{await process.DescribeEndAsync()}; check `qemu:` of the board"
            : $"QEMU did not open its console within {StartLimit.TotalSeconds:0} s");
    }
}
