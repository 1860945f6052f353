// Several machines on a network whose cables get bad, and a service that this host reaches.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

public class NetworkTests
{
    private static readonly MachineOptions Edge = new() { Board = "qemu-arm64", Image = "edge-ml" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_machines_talk_to_each_other_also_after_one_was_restarted()
    {
        using var cable = new MachineLink();
        MachineOptions options = Edge with { Link = cable };
        await using Machine server = await Machine.StartAsync(options, Cancellation);
        await using Machine client = await Machine.StartAsync(options, Cancellation);
        await server.ConfigureLinkAsync("192.0.2.1/24", Cancellation);
        await client.ConfigureLinkAsync("192.0.2.2/24", Cancellation);
        await client.ExpectAsync("ping -c 1 -W 10 192.0.2.1", cancellationToken: Cancellation);

        await server.PowerCutAsync(Cancellation);
        await server.ConfigureLinkAsync("192.0.2.1/24", Cancellation);
        await client.WaitForSuccessAsync("ping -c 1 -W 5 192.0.2.1", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Three_machines_share_a_network_whose_cables_delay_lose_and_are_pulled()
    {
        using var network = new MachineNetwork(seed: 7);
        MachineOptions options = Edge with { Networks = [network] };
        await using Machine first = await Machine.StartAsync(options, Cancellation);
        await using Machine second = await Machine.StartAsync(options, Cancellation);
        await using Machine third = await Machine.StartAsync(options, Cancellation);
        await first.ConfigureNetworkAsync(network, "192.0.2.1/24", Cancellation);
        await second.ConfigureNetworkAsync(network, "192.0.2.2/24", Cancellation);
        await third.ConfigureNetworkAsync(network, "192.0.2.3/24", Cancellation);
        foreach (Machine machine in (Machine[])[second, third])
            await machine.WaitForSuccessAsync("ping -c 1 -W 10 192.0.2.1", cancellationToken: Cancellation);

        await first.ExpectAsync("nc -l -p 5000 > /tmp/received 2>/dev/null < /dev/null &", cancellationToken: Cancellation);
        await first.WaitForPortAsync(5000, cancellationToken: Cancellation);
        await third.ExpectAsync("head -c 2000000 /dev/urandom > /tmp/sent; nc 192.0.2.1 5000 < /tmp/sent", TimeSpan.FromMinutes(3), Cancellation);
        await first.WaitForSuccessAsync($"[ $(sha256sum < /tmp/received | cut -c1-64) = {(await third.ExpectAsync("sha256sum < /tmp/sent", cancellationToken: Cancellation))[..64]} ]", cancellationToken: Cancellation);

        // Both ways over this cable.
        second.PortOn(network).Delay = TimeSpan.FromMilliseconds(150);
        string answer = await second.WaitForSuccessAsync("ping -c 1 -W 20 192.0.2.3", cancellationToken: Cancellation);
        Assert.True(Milliseconds(answer) >= 300, answer);
        second.PortOn(network).Delay = TimeSpan.Zero;

        third.PortOn(network).IsPlugged = false;
        Assert.False((await third.RunAsync("ping -c 2 -W 2 192.0.2.1", cancellationToken: Cancellation)).Succeeded);
        await second.ExpectAsync("ping -c 1 -W 20 192.0.2.1", cancellationToken: Cancellation);
        third.PortOn(network).IsPlugged = true;
        await third.WaitForSuccessAsync("ping -c 1 -W 5 192.0.2.1", cancellationToken: Cancellation);

        await second.PowerCutAsync(Cancellation);
        await second.ConfigureNetworkAsync(network, "192.0.2.2/24", Cancellation);
        await third.WaitForSuccessAsync("ping -c 1 -W 5 192.0.2.2", cancellationToken: Cancellation);

        long before = first.PortOn(network).FramesLost;
        first.PortOn(network).Loss = 0.5;
        string report = (await third.RunAsync("ping -c 20 -i 0.2 -W 5 192.0.2.1", cancellationToken: Cancellation)).Output;
        Assert.DoesNotContain(" 0% packet loss", report, StringComparison.Ordinal);
        Assert.True(first.PortOn(network).FramesLost > before, report);
    }

    [Fact]
    public async Task Saved_machines_meet_again_on_their_network_for_each_test()
    {
        using var network = new MachineNetwork();
        MachineOptions options = Edge with { Networks = [network] };
        await using SavedMachine server = await SaveAsync(options, "192.0.2.1/24"), client = await SaveAsync(options, "192.0.2.2/24");
        for (int test = 0; test < 2; test++)
        {
            await using Machine one = await server.StartAsync(Cancellation);
            await using Machine other = await client.StartAsync(Cancellation);
            await other.WaitForSuccessAsync("ping -c 1 -W 10 192.0.2.1", cancellationToken: Cancellation);
        }

        async Task<SavedMachine> SaveAsync(MachineOptions wanted, string address)
        {
            await using Machine machine = await Machine.StartAsync(wanted, Cancellation);
            await machine.ConfigureNetworkAsync(network, address, Cancellation);
            return await machine.SaveAsync(Cancellation);
        }
    }

    // Of `round-trip min/avg/max = 300.1/300.1/300.1 ms`.
    private static double Milliseconds(string ping) =>
        double.Parse(ping[(ping.LastIndexOf("= ", StringComparison.Ordinal) + 2)..].Split('/')[0], System.Globalization.CultureInfo.InvariantCulture);
}
