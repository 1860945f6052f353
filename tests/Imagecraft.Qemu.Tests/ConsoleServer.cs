// A console server as they stand beside racks: keeps a board's serial line and gives it to whoever comes by telnet. Unaware of what is said.

using System.Net;
using System.Net.Sockets;

namespace Imagecraft.Qemu.Tests;

/// <summary>One board, which may come and go, and one client at a time, which may too.</summary>
/// <remarks>Source: RFC 854. No option is agreed to, so 0xFF is the only byte that needs care.</remarks>
internal sealed class ConsoleServer : IDisposable
{
    private const byte Iac = 255, SubnegotiationBegin = 250, SubnegotiationEnd = 240, FirstOfThree = 251;

    private readonly TcpListener boards = new(IPAddress.Loopback, 0), clients = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private volatile NetworkStream? board, client;

    public ConsoleServer()
    {
        boards.Start();
        clients.Start();
        _ = AcceptAsync(boards, stream => board = stream, FromBoardAsync);
        _ = AcceptAsync(clients, stream => client = stream, FromClientAsync);
    }

    /// <summary>To which the board's serial line is connected.</summary>
    public int BoardPort => ((IPEndPoint)boards.LocalEndpoint).Port;

    /// <summary>To which people connect.</summary>
    public int ClientPort => ((IPEndPoint)clients.LocalEndpoint).Port;

    public void Dispose()
    {
        ended.Cancel();
        boards.Dispose();
        clients.Dispose();
        board?.Dispose();
        client?.Dispose();
        ended.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, Action<NetworkStream> present, Func<NetworkStream, Task> serve)
    {
        CancellationToken end = ended.Token;
        while (!end.IsCancellationRequested)
        {
            try
            {
                await using var stream = new NetworkStream(await listener.AcceptSocketAsync(end), ownsSocket: true);
                present(stream);
                await serve(stream);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The next may come.
            }
        }
    }

    private async Task FromBoardAsync(NetworkStream from)
    {
        var buffer = new byte[4096];
        for (int read; (read = await from.ReadAsync(buffer, ended.Token)) > 0;)
            await SendAsync(client, [.. buffer.Take(read).SelectMany(value => value == Iac ? (byte[])[Iac, Iac] : [value])]);
    }

    private async Task FromClientAsync(NetworkStream from)
    {
        var buffer = new byte[4096];
        for (var said = new List<byte>(); await from.ReadAsync(buffer, ended.Token) is > 0 and var read;)
        {
            said.AddRange(buffer.AsSpan(0, read));
            await SendAsync(board, [.. Typed(said)]);
        }
    }

    // Takes what is complete from the front.
    private static List<byte> Typed(List<byte> said)
    {
        var typed = new List<byte>();
        int at = 0;
        for (; at < said.Count; at++)
        {
            if (said[at] != Iac)
            {
                typed.Add(said[at]);
                continue;
            }

            if (at + 1 == said.Count)
                break;
            if (said[at + 1] == Iac)
                typed.Add(Iac);
            int last = said[at + 1] switch
            {
                SubnegotiationBegin => said.FindIndex(at + 2, value => value == SubnegotiationEnd),
                >= FirstOfThree and < Iac => at + 2,
                _ => at + 1,
            };
            if (last < 0 || last >= said.Count)
                break;
            at = last;
        }

        said.RemoveRange(0, at);
        return typed;
    }

    // What nobody hears is lost, as on a wire.
    private static async Task SendAsync(NetworkStream? to, byte[] bytes)
    {
        try
        {
            if (to is not null)
                await to.WriteAsync(bytes);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
        }
    }
}
