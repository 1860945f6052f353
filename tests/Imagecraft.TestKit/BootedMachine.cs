// A machine that boots once for a class of tests. Unaware of what is tested.

using System.Collections.Concurrent;
using System.Reflection;
using Imagecraft.Qemu.Consoles;
using Xunit;
using Xunit.v3;

namespace Imagecraft.TestKit;

/// <summary>An xunit fixture: boots the image of the class's <see cref="BoardAttribute"/> in QEMU, logs in as root, and ends QEMU after the last test of the class.</summary>
/// <remarks>
/// <c>class MyTests(BootedMachine machine) : IClassFixture&lt;BootedMachine&gt;</c>. Tests of one class share the machine and run
/// one after the other. Derive from it to boot another machine or to log in otherwise.
/// </remarks>
public class BootedMachine : IAsyncLifetime
{
    /// <summary>Names the file with a description of what is booted for tests without <see cref="BoardAttribute"/>, or with that very board and image.</summary>
    public const string MachineVariable = "IMAGECRAFT_TEST_MACHINE";

    /// <summary>Names the folder that keeps the console logs; without it they are deleted with their machines.</summary>
    public const string LogFolderVariable = "IMAGECRAFT_TEST_LOGS";

    /// <summary>Names the checkout that builds images for test projects outside of it.</summary>
    public const string WorkspaceVariable = "IMAGECRAFT_WORKSPACE";

    private static readonly ConcurrentDictionary<string, BootedMachine> ByClass = new();

    private Machine? machine;
    private string? className;

    /// <summary>The machine.</summary>
    public Machine Machine => machine ?? throw new InvalidOperationException("The machine has not booted; take the fixture through xunit");

    /// <summary>Time from power-on to the login prompt of the last boot.</summary>
    public TimeSpan BootTime => Machine.BootTime;

    /// <summary>The fixture of the class whose test runs; null when it has none.</summary>
    internal static BootedMachine? OfCurrentClass =>
        TestContext.Current.TestClass is { } test && ByClass.TryGetValue(test.UniqueID, out BootedMachine? booted) && booted.machine is not null ? booted : null;

    /// <summary>What is booted: what the class's <see cref="BoardAttribute"/> says, or else the file that <see cref="MachineVariable"/> names.</summary>
    protected virtual MachineOptions Options =>
        (TestContext.Current.TestClass as IXunitTestClass)?.Class.GetCustomAttribute<BoardAttribute>()?.ToOptions() ?? new MachineOptions();

    /// <summary>Boots and logs in.</summary>
    public async ValueTask InitializeAsync()
    {
        machine = await Machine.StartAsync(Options, CancellationToken.None);
        className = TestContext.Current.TestClass?.UniqueID;
        if (className is not null)
            ByClass[className] = this;
    }

    /// <summary>Runs a command and gives whatever came of it.</summary>
    public Task<CommandResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default) => Machine.RunAsync(command, limit, cancellationToken);

    /// <summary>Runs a command that must end with exit code zero.</summary>
    /// <returns>Its output without the last line break.</returns>
    /// <exception cref="CommandFailedException">It did not.</exception>
    public Task<string> ExpectAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default) => Machine.ExpectAsync(command, limit, cancellationToken);

    /// <summary>Copies a file of this host to the machine.</summary>
    /// <exception cref="IOException">The machine could not write it.</exception>
    public Task CopyToAsync(string hostPath, string targetPath, CancellationToken cancellationToken = default) => Machine.CopyToAsync(hostPath, targetPath, cancellationToken);

    /// <summary>Copies a file of the machine to this host.</summary>
    /// <exception cref="IOException">The machine could not read it.</exception>
    public Task CopyFromAsync(string targetPath, string hostPath, CancellationToken cancellationToken = default) => Machine.CopyFromAsync(targetPath, hostPath, cancellationToken);

    /// <summary>Ends QEMU.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (className is not null)
            ByClass.TryRemove(className, out _);
        if (machine is not null)
            await machine.DisposeAsync();
    }
}
