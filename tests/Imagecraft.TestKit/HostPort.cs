// Free TCP ports of this host. Unaware of what they lead to.

using System.Net;
using System.Net.Sockets;

namespace Imagecraft.TestKit;

internal static class HostPort
{
    /// <summary>How often to take another one, when somebody else was quicker to use it.</summary>
    public const int Attempts = 10;

    /// <summary>A port of the loopback interface that nobody listens on now.</summary>
    public static IPEndPoint Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
