// A way to a board's shell. Unaware of checks.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Boards;

/// <summary>Opened again after each reboot that ends it.</summary>
public interface IBoardLine
{
    /// <summary>What is at its other end, in words for messages.</summary>
    string Name { get; }

    /// <summary>The line outlives a reboot, and all of the boot is heard on it.</summary>
    bool HearsBoot { get; }

    /// <summary>Opens it.</summary>
    /// <param name="log">File to which everything that comes is appended.</param>
    /// <param name="cancellationToken">Ends opening.</param>
    /// <exception cref="MachineStartException">It cannot be opened at all; the message has the remedy.</exception>
    Task<SerialConsole> OpenAsync(string log, CancellationToken cancellationToken);
}
