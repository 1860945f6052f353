// A network of any number of machines: an Ethernet switch in this process. Unaware of what they say to each other.

namespace Imagecraft.TestKit;

/// <summary>A switch with a cable to each machine that names it in <see cref="MachineOptions.Networks"/>. Needs no rights on the host; machines may be restarted in any order.</summary>
/// <remarks>
/// Each cable has a delay and a loss of its own (<see cref="NetworkPort"/>, by <see cref="Machine.PortOn"/>). Which frames are lost is decided by the seed and
/// by the frame's number on its cable, so a test that sends the same frames sees the same ones lost. Source: QEMU's documentation, <c>-netdev dgram</c>.
/// </remarks>
/// <param name="seed">Decides which frames are lost.</param>
public sealed class MachineNetwork(int seed = 0) : IDisposable
{
    // Ports that machines have left are not used again; the last part of an address counts them.
    private const int MostPorts = 255;

    private static int networks;

    private readonly DirectoryInfo folder = SocketFolder.Create();
    private readonly ForwardingTable table = new();
    private readonly Lock gate = new();
    private readonly int number = Interlocked.Increment(ref networks) & 0xff;
    private volatile NetworkPort?[] ports = [];

    /// <summary>One for each machine that is there, in the order in which they came.</summary>
    public IReadOnlyList<NetworkPort> Ports => [.. ports.OfType<NetworkPort>()];

    /// <summary>Takes the switch away; end its machines first.</summary>
    public void Dispose()
    {
        foreach (NetworkPort port in Ports)
            port.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>A port for a machine.</summary>
    /// <param name="address">Of its card, where that has one already; null: a new one.</param>
    /// <exception cref="InvalidOperationException">There is such a card already, or no room.</exception>
    internal NetworkPort Join(string? address = null)
    {
        lock (gate)
        {
            if (address is not null && Ports.Any(other => other.EthernetAddress == address))
                throw new InvalidOperationException($"A machine with the Ethernet address `{address}` is on the network already; of machines that go on from one saved machine, a network takes one at a time");
            int port = ports.Length;
            if (port == MostPorts)
                throw new InvalidOperationException($"A network has at most {MostPorts} ports; make another network");
            var joined = new NetworkPort(folder.FullName, port, address ?? $"52:54:00:69:{number:x2}:{port + 1:x2}", seed, frame => Forward(frame, port));
            ports = [.. ports, joined];
            return joined;
        }
    }

    internal void Leave(NetworkPort port)
    {
        lock (gate)
            ports = [.. ports.Select(other => other == port ? null : other)];
        port.Dispose();
    }

    private void Forward(byte[] frame, int from)
    {
        NetworkPort?[] now = ports;
        foreach (int port in table.Route(frame, from, now.Length))
            now[port]?.Send(frame);
    }
}
