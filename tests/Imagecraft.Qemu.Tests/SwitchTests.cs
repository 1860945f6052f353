// The switch of a network of machines, without machines.

using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class SwitchTests
{
    private const string Everybody = "ffffffffffff", Group = "01005e0000fb", A = "525400690101", B = "525400690102", C = "525400690103";

    private static byte[] Frame(string to, string from) => [.. Convert.FromHexString(to), .. Convert.FromHexString(from), 0x08, 0x00];

    [Fact]
    public void A_switch_sends_frames_for_a_known_station_to_its_port_and_others_everywhere_but_back()
    {
        var table = new ForwardingTable();
        Assert.Equal([1, 2], table.Route(Frame(B, A), 0, 3));
        Assert.Equal([0], table.Route(Frame(A, B), 1, 3));
        Assert.Equal([1], table.Route(Frame(B, A), 0, 3));
        Assert.Equal([0, 1], table.Route(Frame(Everybody, C), 2, 3));
        Assert.Equal([0, 2], table.Route(Frame(Group, B), 1, 3));
        // To itself, as after a station has moved behind the same cable.
        Assert.Empty(table.Route(Frame(A, C), 0, 3));
    }

    [Fact]
    public void A_station_that_moves_is_found_at_its_new_port()
    {
        var table = new ForwardingTable();
        table.Route(Frame(Everybody, A), 0, 3);
        table.Route(Frame(Everybody, A), 2, 3);
        Assert.Equal([2], table.Route(Frame(A, B), 1, 3));
    }

    [Fact]
    public void A_group_is_no_station_and_what_is_too_short_is_no_frame()
    {
        var table = new ForwardingTable();
        table.Route(Frame(B, Group), 0, 3);
        Assert.Equal([0, 2], table.Route(Frame(Group, B), 1, 3));
        Assert.Empty(table.Route(Frame(B, A).AsSpan(0, 13), 0, 3));
    }

    [Fact]
    public void The_seed_decides_which_frames_are_lost_and_a_loss_before_does_not()
    {
        int[] once = Arrived(5, 0.5), again = Arrived(5, 0.5), other = Arrived(6, 0.5);
        Assert.Equal(once, again);
        Assert.NotEqual(once, other);
        Assert.InRange(once.Length, 60, 140);
        // What gets through a bad cable also gets through a better one.
        Assert.Subset(Arrived(5, 0.2).ToHashSet(), once.ToHashSet());
        Assert.Empty(Arrived(5, 1));
        Assert.Equal(Enumerable.Range(0, 200), Arrived(5, 0));
    }

    [Fact]
    public void A_delayed_frame_is_not_there_before_its_time_and_none_overtakes_another()
    {
        var quality = new Quality { Delay = TimeSpan.FromMilliseconds(80) };
        var arrived = new System.Collections.Concurrent.BlockingCollection<byte[]>();
        using var line = new FrameLine(quality, arrived.Add, 1);
        long sent = System.Diagnostics.Stopwatch.GetTimestamp();
        line.Send([1]);
        quality.Delay = TimeSpan.FromMilliseconds(100);
        line.Send([2]);
        quality.Delay = TimeSpan.FromMilliseconds(90);
        line.Send([3]);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => arrived.Take(TestContext.Current.CancellationToken)[0]));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(sent) >= TimeSpan.FromMilliseconds(80));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_loss_that_is_no_share_is_refused(double loss)
    {
        using var network = new MachineNetwork();
        NetworkPort port = network.Join();
        Assert.StartsWith("A loss is a share from 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => port.Loss = loss).Message);
        Assert.StartsWith("A delay is not negative", Assert.Throws<ArgumentOutOfRangeException>(() => port.Delay = TimeSpan.FromSeconds(-1)).Message);
    }

    [Fact]
    public void A_port_that_is_left_takes_nothing_and_its_address_may_come_back()
    {
        using var network = new MachineNetwork();
        NetworkPort first = network.Join(), second = network.Join();
        var taken = Assert.Throws<InvalidOperationException>(() => network.Join(first.EthernetAddress));
        Assert.StartsWith($"A machine with the Ethernet address `{first.EthernetAddress}` is on the network already", taken.Message);
        network.Leave(first);
        Assert.Equal([second], network.Ports);
        Assert.Equal(first.EthernetAddress, network.Join(first.EthernetAddress).EthernetAddress);
    }

    private static int[] Arrived(int seed, double loss)
    {
        using var done = new ManualResetEventSlim();
        var quality = new Quality { Loss = loss };
        var arrived = new List<int>();
        using var line = new FrameLine(quality, frame =>
        {
            if (frame[0] == byte.MaxValue)
                done.Set();
            else
                arrived.Add(frame[0]);
        }, seed);
        for (int number = 0; number < 200; number++)
            line.Send([(byte)number]);
        quality.Loss = 0;
        line.Send([byte.MaxValue]);
        done.Wait(TestContext.Current.CancellationToken);
        return [.. arrived];
    }

    private sealed class Quality : ILineQuality
    {
        public TimeSpan Delay { get; set; }

        public double Loss { get; set; }

        public bool IsPlugged => true;
    }
}
