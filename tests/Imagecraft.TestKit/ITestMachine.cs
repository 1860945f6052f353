// What tests want of any machine, in QEMU or on the desk. Unaware of how it is reached.

using System.Net;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

/// <summary>A machine with Linux: <see cref="Machine"/> in QEMU, <see cref="SshMachine"/> anywhere. <see cref="MachineWaits"/> and <see cref="MachineHttp"/> add what is the same for all.</summary>
public interface ITestMachine : IAsyncDisposable
{
    /// <summary>Runs a shell command with empty input and gives whatever came of it: both streams, the exit code, and how it ended.</summary>
    /// <param name="command">Any text that a POSIX shell accepts.</param>
    /// <param name="limit">After this time it is interrupted; null: a minute.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<CommandResult> RunAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a command that must end with exit code zero.</summary>
    /// <returns>Its output without the last line break.</returns>
    /// <exception cref="CommandFailedException">It did not.</exception>
    Task<string> ExpectAsync(string command, TimeSpan? limit = null, CancellationToken cancellationToken = default);

    /// <summary>Copies a file of this host to the machine and compares the SHA-256.</summary>
    /// <exception cref="IOException">The machine could not write it.</exception>
    Task CopyToAsync(string hostPath, string targetPath, CancellationToken cancellationToken = default);

    /// <summary>Copies a file of the machine to this host and compares the SHA-256.</summary>
    /// <exception cref="IOException">The machine could not read it.</exception>
    Task CopyFromAsync(string targetPath, string hostPath, CancellationToken cancellationToken = default);

    /// <summary>An address on this host that leads to a TCP port of the machine; the same each time.</summary>
    /// <param name="port">Of the machine, 1 to 65535.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<IPEndPoint> ForwardAsync(int port, CancellationToken cancellationToken = default);

    /// <summary>Asks the system to reboot and waits until it runs again and takes commands.</summary>
    /// <param name="limit">Time for the shutdown; null: as the machine's kind needs.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task RebootAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default);
}
