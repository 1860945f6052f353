// A machine that boots once for a class of tests. Unaware of what is tested.

using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;
using Xunit;

namespace Imagecraft.TestKit;

/// <summary>An xunit fixture: boots an image in QEMU, logs in as root, and ends QEMU after the last test of the class.</summary>
/// <remarks>
/// <c>class MyTests(BootedMachine machine) : IClassFixture&lt;BootedMachine&gt;</c>. Tests of one class share the machine and run
/// one after the other. What they write to the disk is discarded when the board's QEMU arguments have <c>snapshot=on</c>.
/// Derive from it to boot another machine or to log in otherwise.
/// </remarks>
public class BootedMachine : IAsyncLifetime
{
    /// <summary>Names the file with a <see cref="MachineDescription"/> that is booted.</summary>
    public const string MachineVariable = "IMAGECRAFT_TEST_MACHINE";

    /// <summary>Names the folder that gets the console's log; without it there is none.</summary>
    public const string LogFolderVariable = "IMAGECRAFT_TEST_LOGS";

    private QemuMachine? machine;

    /// <summary>How long a command may take when a test does not say.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The machine, for what the methods here do not cover.</summary>
    public QemuMachine Machine => machine ?? throw new InvalidOperationException("The machine has not booted; take the fixture through xunit");

    /// <summary>Time from power-on to the login prompt.</summary>
    public TimeSpan BootTime => Machine.Console.BootTime ?? TimeSpan.Zero;

    /// <summary>What is booted: the file that <see cref="MachineVariable"/> names.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set, or its file is missing.</exception>
    protected virtual MachineDescription Describe()
    {
        string? path = Environment.GetEnvironmentVariable(MachineVariable);
        if (string.IsNullOrEmpty(path))
            throw new InvalidOperationException($"`{MachineVariable}` is not set; run the tests by `./build.sh test`, or set it to a machine file of a built image");
        return File.Exists(path)
            ? MachineDescription.FromJson(File.ReadAllText(path))
            : throw new InvalidOperationException($"Machine file `{path}` of `{MachineVariable}` does not exist; build the image first");
    }

    /// <summary>How to log in.</summary>
    protected virtual LoginOptions Login => LoginOptions.Root;

    /// <summary>Boots and logs in.</summary>
    public async ValueTask InitializeAsync()
    {
        string? logs = Environment.GetEnvironmentVariable(LogFolderVariable);
        string? log = null;
        if (!string.IsNullOrEmpty(logs))
            log = Path.Combine(Directory.CreateDirectory(logs).FullName, $"console-{Guid.NewGuid():N}.log");
        machine = await QemuMachine.StartAsync(Describe(), log, CancellationToken.None);
        await machine.Console.LoginAsync(Login, CancellationToken.None);
    }

    /// <summary>Runs a command and gives whatever came of it.</summary>
    public Task<CommandResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Machine.Console.RunAsync(command, limit ?? DefaultLimit, cancellationToken);

    /// <summary>Runs a command that must end with exit code zero.</summary>
    /// <returns>Its output without the last line break.</returns>
    /// <exception cref="CommandFailedException">It did not.</exception>
    public async Task<string> ExpectAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        CommandResult result = await RunAsync(command, limit, cancellationToken);
        return result.Succeeded ? result.Output.TrimEnd('\n') : throw new CommandFailedException(command, result);
    }

    /// <summary>Copies a file of this host to the machine.</summary>
    /// <exception cref="IOException">The machine could not write it.</exception>
    public async Task CopyToAsync(string hostPath, string targetPath, CancellationToken cancellationToken = default)
    {
        await using FileStream content = File.OpenRead(hostPath);
        await Machine.Console.WriteFileAsync(content, targetPath, DefaultLimit, cancellationToken);
    }

    /// <summary>Copies a file of the machine to this host.</summary>
    /// <exception cref="IOException">The machine could not read it.</exception>
    public async Task CopyFromAsync(string targetPath, string hostPath, CancellationToken cancellationToken = default)
    {
        await using FileStream destination = File.Create(hostPath);
        await Machine.Console.ReadFileAsync(targetPath, destination, DefaultLimit, cancellationToken);
    }

    /// <summary>Ends QEMU.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (machine is not null)
            await machine.DisposeAsync();
    }
}
