// A machine of a test: commands, files and console. Unaware of test classes.

using System.Text;
using System.Text.RegularExpressions;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

/// <summary>An image on a QEMU machine. What it writes to its disk lives as long as this object, over reboots and power cuts; the built image is never changed.</summary>
/// <remarks>For one test at a time. Split by aspect: power, hardware, files, networks, events and snapshots are in files of their own.</remarks>
public sealed partial class Machine : ITestMachine
{
    private readonly MachineOptions options;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-machine-");
    private QemuMachine? qemu;
    private long mark;

    private Machine(MachineOptions options, MachineDescription description)
    {
        this.options = options;
        this.description = description;
        LogPath = MachineLogs.NewPath(folder, description);
    }

    /// <summary>How long a command may take when a test does not say.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>What lies below, for what the methods here do not cover. Another one after each boot.</summary>
    /// <exception cref="InvalidOperationException">The machine is off.</exception>
    public QemuMachine Qemu => qemu ?? throw new InvalidOperationException("The machine is off; switch it on with `PowerOnAsync`");

    /// <summary>Time from power-on to the login prompt of the last boot.</summary>
    public TimeSpan BootTime => Qemu.Console.BootTime ?? TimeSpan.Zero;

    /// <summary>File with everything that the console has printed since the first boot.</summary>
    public string LogPath { get; }

    /// <summary>Boots a machine and logs in. For machines beside that of the fixture.</summary>
    /// <exception cref="InvalidOperationException">There is no such board or image, or it cannot be built.</exception>
    /// <exception cref="MachineException">It does not boot.</exception>
    public static async Task<Machine> StartAsync(MachineOptions options, CancellationToken cancellationToken = default)
    {
        MachineDescription description = options.Description ?? await MachineFiles.FindAsync(options.Board, options.Image, cancellationToken);
        var machine = new Machine(options, description with { HasAccelerators = options.Accelerators });
        try
        {
            machine.Join();
            await machine.PrepareDisksAsync(cancellationToken);
            await machine.PowerOnAsync(cancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command and gives whatever came of it.</summary>
    /// <exception cref="MachineException">The machine died.</exception>
    public Task<CommandResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Qemu.Console.RunAsync(command, limit ?? DefaultLimit, cancellationToken);

    /// <summary>Runs a command that must end with exit code zero.</summary>
    /// <returns>Its output without the last line break.</returns>
    /// <exception cref="CommandFailedException">It did not.</exception>
    public async Task<string> ExpectAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        CommandResult result = await RunAsync(command, limit, cancellationToken);
        if (result.Succeeded)
            return result.Output.TrimEnd('\n');
        string remark = IllegalInstructions.IsMeant(result) ? await IllegalInstructions.ExplainAsync(Qemu.Console, Processors.Of(description), cancellationToken) : "";
        throw new CommandFailedException(command, result, remark);
    }

    /// <summary>Waits until what the console prints after everything that was awaited before matches.</summary>
    /// <param name="pattern">A regular expression. It sees lines as they come, maybe incomplete.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="MachineException">It does not come.</exception>
    public Task<Match> WaitForConsoleAsync(string pattern, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Qemu.Console.WaitForPatternAsync(new Regex(pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant), limit ?? DefaultLimit, cancellationToken);

    /// <summary>Types text on the console. Commands are better run by <see cref="RunAsync"/>.</summary>
    public Task TypeAsync(string text, CancellationToken cancellationToken = default) => Qemu.Console.SendAsync(text, cancellationToken);

    /// <summary>Everything that the console has printed since the first boot.</summary>
    public string ConsoleText() => ReadLog(0);

    /// <summary>Ends the machine and forgets its disks.</summary>
    public async ValueTask DisposeAsync()
    {
        AttachConsole();
        // Nobody reads the disks any more.
        recorded.Clear();
        await SwitchOffAsync();
        LeaveNetworks();
        files?.Dispose();
        filesTurn.Dispose();
        folder.Refresh();
        if (folder.Exists && !isSaved)
            folder.Delete(recursive: true);
    }

    internal void MarkConsole() => mark = File.Exists(LogPath) ? new FileInfo(LogPath).Length : 0;

    internal string ConsoleSinceMark() => ReadLog(mark);

    private string ReadLog(long from)
    {
        if (!File.Exists(LogPath))
            return "";
        using var log = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(log, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
