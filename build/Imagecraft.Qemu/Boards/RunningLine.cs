// The shell of a QEMU machine that somebody runs on a terminal. Unaware of what it is used for.

using System.Net.Sockets;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Boards;

/// <summary>Comes in by the socket of the machine's <see cref="WayIn"/>, beside its console. One at a time: QEMU hears the others when the first has left.</summary>
/// <param name="socket">Path of the socket.</param>
public sealed class RunningLine(string socket) : IBoardLine
{
    /// <inheritdoc/>
    public string Name => "the machine of `run`";

    /// <inheritdoc/>
    public bool HearsBoot => false;

    /// <inheritdoc/>
    public async Task<SerialConsole> OpenAsync(string log, CancellationToken cancellationToken)
    {
        var line = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await line.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
        }
        catch (SocketException)
        {
            line.Dispose();
            throw new MachineStartException("The machine of `run` has ended; start it again");
        }

        var stream = new NetworkStream(line, ownsSocket: true);
        return new SerialConsole(stream, stream, new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), () => Task.FromResult("the machine of `run` has ended")) { IsOwn = true };
    }
}
