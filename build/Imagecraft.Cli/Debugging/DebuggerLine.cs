// A socket that the debugger comes to from its sandbox. Unaware of machines.

using System.Net.Sockets;

namespace Imagecraft.Cli.Debugging;

/// <summary>Waits for one connection.</summary>
public sealed class DebuggerLine : IDisposable
{
    /// <summary>Name of the socket in the folder.</summary>
    public const string Name = "board";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _link = Path.Combine(Path.GetTempPath(), $"imagecraft-{Guid.NewGuid():N}");

    /// <summary>Begins to listen.</summary>
    /// <param name="folder">Where the socket lies; its path may be longer than an address of one (108 bytes), which a link makes short.</param>
    public DebuggerLine(string folder)
    {
        File.CreateSymbolicLink(_link, folder);
        _socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_link, Name)));
        _socket.Listen(1);
    }

    /// <summary>The debugger's end.</summary>
    public async Task<Stream> AcceptAsync(CancellationToken cancellationToken) => new NetworkStream(await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false), ownsSocket: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_link);
    }
}
