// A machine's ways to others: cables, switches, and ports that this host reaches. Unaware of what listens there.

using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    // The kernel numbers network cards in the order of the bus, and the board's own must stay the first.
    private const int FirstPortSlot = 0x18;
    private const int MostNetworks = 6;

    private LinkEnd? link;
    private ImmutableArray<(MachineNetwork Network, NetworkPort Port)> ports = [];
    private readonly Dictionary<int, IPEndPoint> forwards = [];

    /// <summary>The machine's place on a network: its cable's delay, loss and plug.</summary>
    /// <exception cref="InvalidOperationException">The machine is not on that network.</exception>
    public NetworkPort PortOn(MachineNetwork network) => ports.FirstOrDefault(place => place.Network == network).Port
        ?? throw new InvalidOperationException("The machine is not on that network; start it with the network among `MachineOptions.Networks`");

    /// <summary>Gives the machine's end of its <see cref="MachineOptions.Link"/> an address and brings it up.</summary>
    /// <param name="address">With the length of its prefix, e.g. <c>192.0.2.1/24</c>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The interface's name on the machine.</returns>
    /// <exception cref="InvalidOperationException">The machine has no link.</exception>
    /// <exception cref="CommandFailedException">The kernel does not see the interface, or refuses the address.</exception>
    public Task<string> ConfigureLinkAsync(string address, CancellationToken cancellationToken = default) => link is null
        ? throw new InvalidOperationException("The machine has no link; start it with `MachineOptions.Link`")
        : ConfigureAsync(link.Address, address, cancellationToken);

    /// <summary>Gives the machine's card on a network an address and brings it up.</summary>
    /// <param name="network">One of <see cref="MachineOptions.Networks"/>.</param>
    /// <param name="address">With the length of its prefix, e.g. <c>192.0.2.1/24</c>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The interface's name on the machine.</returns>
    /// <exception cref="InvalidOperationException">The machine is not on that network.</exception>
    /// <exception cref="CommandFailedException">The kernel does not see the interface, or refuses the address.</exception>
    public Task<string> ConfigureNetworkAsync(MachineNetwork network, string address, CancellationToken cancellationToken = default) =>
        ConfigureAsync(PortOn(network).EthernetAddress, address, cancellationToken);

    /// <summary>An address on this host that leads to a TCP port of the machine, through QEMU's user network; it stays the same over restarts.</summary>
    /// <remarks>QEMU reaches the address that its own DHCP gives first, 10.0.2.15: <see cref="MachineWaits.WaitForNetworkAsync"/>.</remarks>
    /// <exception cref="InvalidOperationException">The machine has no user network.</exception>
    /// <exception cref="IOException">QEMU cannot listen.</exception>
    public async Task<IPEndPoint> ForwardAsync(int port, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        _ = Qemu;
        if (forwards.TryGetValue(port, out IPEndPoint? known))
            return known;
        for (int attempt = 1; ; attempt++)
        {
            IPEndPoint free = HostPort.Free();
            try
            {
                await ForwardAsync(Qemu, port, free, cancellationToken);
                return forwards[port] = free;
            }
            catch (IOException) when (attempt < HostPort.Attempts)
            {
                // Somebody else took that port meanwhile.
            }
        }
    }

    private async Task ForwardAgainAsync(QemuMachine started, CancellationToken cancellationToken)
    {
        foreach ((int port, IPEndPoint host) in forwards)
            await ForwardAsync(started, port, host, cancellationToken);
    }

    // Only the monitor for people has it, whose answer is empty when it did so.
    private static async Task ForwardAsync(QemuMachine running, int port, IPEndPoint host, CancellationToken cancellationToken)
    {
        ImmutableArray<string> arguments = running.Description.ExpandedArguments;
        string? backend = arguments.Where((_, index) => index > 0 && arguments[index - 1] is "-netdev" or "-nic").FirstOrDefault(argument => argument.Split(',')[0] == "user");
        if (backend is null)
            throw new InvalidOperationException("The machine has no user network to forward from; add `-netdev`, `user,id=net0` and a network card on it to `qemu:` of the board or to `MachineOptions.Arguments`");
        string? name = backend.Split(',').FirstOrDefault(option => option.StartsWith("id=", StringComparison.Ordinal))?["id=".Length..];
        string rule = string.Create(CultureInfo.InvariantCulture, $"hostfwd_add {(name is null ? "" : name + " ")}tcp:{host.Address}:{host.Port}-:{port}");
        JsonNode? answer = await running.Qmp!.ExecuteAsync("human-monitor-command", new JsonObject { ["command-line"] = rule }, cancellationToken);
        if (answer?.GetValue<string>().Trim() is { Length: > 0 } refusal)
            throw new IOException($"QEMU does not forward {host} to port {port}: {refusal}");
    }

    private async Task<string> ConfigureAsync(string card, string address, CancellationToken cancellationToken)
    {
        string name = await ExpectAsync($"for net in /sys/class/net/*; do if [ \"$(cat \"$net/address\")\" = {card} ]; then basename \"$net\"; exit 0; fi; done; echo 'No network card has the address {card}'; exit 1", cancellationToken: cancellationToken);
        await ExpectAsync($"ip address add {address} dev {name} && ip link set {name} up", cancellationToken: cancellationToken);
        return name;
    }

    private void Join()
    {
        if (options.Networks.Length > MostNetworks)
            throw new ArgumentException($"A machine is on at most {MostNetworks} networks, not {options.Networks.Length}");
        link = options.Link?.Join();
        ports = [.. options.Networks.Select(network => (network, network.Join()))];
    }

    private void LeaveNetworks()
    {
        foreach ((MachineNetwork network, NetworkPort port) in ports)
            network.Leave(port);
        ports = [];
    }

    private IEnumerable<string> NetworkArguments() => [.. link?.Arguments ?? [], .. ports.SelectMany((place, index) => place.Port.Arguments(FirstPortSlot + index))];
}
