// Listens for machines and gives each a device. Unaware of what the device does.

using System.Net.Sockets;

namespace Imagecraft.VfioUser;

/// <summary>Serves PCI devices to QEMU's <c>vfio-user-pci</c>, which connects when it starts: listen before. One machine at a time; the next may come when it has gone.</summary>
/// <param name="description">What devices say of themselves.</param>
/// <param name="factory">Makes them.</param>
public sealed class DeviceServer(PciDescription description, DeviceFactory factory)
{
    /// <summary>Listens until cancelled.</summary>
    /// <param name="path">Of the socket; it must not exist.</param>
    /// <param name="log">Takes what is worth telling, a line each.</param>
    /// <param name="listening">Is called when machines may connect.</param>
    /// <param name="cancellationToken">Ends it, and with it the connection that is there.</param>
    /// <exception cref="SocketException">The socket cannot be made.</exception>
    public async Task RunAsync(string path, Action<string> log, Action listening, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            socket.Listen(1);
            listening();
            while (true)
            {
                using var client = await socket.AcceptAsync(cancellationToken);
                // Reads end when the socket is shut.
                using var registration = cancellationToken.Register(() => Shut(client));
                await Task.Factory.StartNew(() => Serve(client, log), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Serve(Socket client, Action<string> log)
    {
        using var connection = new Connection(client);
        try
        {
            using var session = new DeviceSession(connection, description, factory);
            session.Run();
            log("The machine has gone");
        }
        catch (ProtocolException problem)
        {
            log($"A client was refused: {problem.Message}");
        }
    }

    private static void Shut(Socket client)
    {
        try
        {
            client.Shutdown(SocketShutdown.Both);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // It has gone by itself.
        }
    }
}
