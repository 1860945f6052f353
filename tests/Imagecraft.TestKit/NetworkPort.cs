// The cable from a machine to a switch. Unaware of the switch's other ports.

using System.Collections.Immutable;
using System.Net.Sockets;

namespace Imagecraft.TestKit;

/// <summary>A machine's place on a <see cref="MachineNetwork"/>, whose cable can be made bad while machines run.</summary>
public sealed class NetworkPort : ILineQuality, IDisposable
{
    private const int LongestFrame = 1 << 17;

    // A machine that is stopped takes nothing; its frames are lost as those for one that is off.
    private const int SendLimit = 500;

    // Each direction of each cable has a seed of its own.
    private const int SeedsApart = 1_000_003;

    private readonly Socket receiver = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly CancellationTokenSource closing = new();
    private readonly FrameLine toSwitch;
    private readonly FrameLine toMachine;
    private readonly Task receiving;
    private readonly string machineSocket;
    private readonly string switchSocket;
    private Socket? sender;
    private double loss;
    private TimeSpan delay;
    private long undelivered;

    internal NetworkPort(string folder, int number, string address, int seed, Action<byte[]> arrived)
    {
        Number = number;
        EthernetAddress = address;
        (machineSocket, switchSocket) = (Path.Combine(folder, $"{number}m"), Path.Combine(folder, $"{number}s"));
        receiver.Bind(new UnixDomainSocketEndPoint(switchSocket));
        toSwitch = new(this, arrived, unchecked(seed * SeedsApart + 2 * number));
        toMachine = new(this, Deliver, unchecked(seed * SeedsApart + 2 * number + 1));
        receiving = Task.Run(ReceiveAsync);
    }

    /// <summary>Counted from 0 in the order in which machines joined.</summary>
    public int Number { get; }

    /// <summary>Of the machine's network card, e.g. <c>52:54:00:69:01:02</c>.</summary>
    public string EthernetAddress { get; }

    /// <summary>How long each frame takes over this cable, in each direction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Delay
    {
        get => delay;
        set => delay = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A delay is not negative");
    }

    /// <summary>Share of frames that this cable loses, in each direction: 0 (none) to 1 (all). The network's seed decides which.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no share.</exception>
    public double Loss
    {
        get => loss;
        set => loss = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A loss is a share from 0 to 1");
    }

    /// <summary>Set it to false to pull the cable. The machine's card does not notice; nothing arrives.</summary>
    public bool IsPlugged { get; set; } = true;

    /// <summary>Frames that got lost on this cable, in both directions, or found the machine switched off.</summary>
    public long FramesLost => toSwitch.Lost + toMachine.Lost + Interlocked.Read(ref undelivered);

    internal ImmutableArray<string> Arguments(int slot) =>
    [
        "-netdev", $"dgram,id=ic-net{slot:x},local.type=unix,local.path={machineSocket},remote.type=unix,remote.path={switchSocket}",
        "-device", $"virtio-net-pci,netdev=ic-net{slot:x},mac={EthernetAddress},romfile=,addr={slot:x}",
    ];

    internal void Send(byte[] frame) => toMachine.Send(frame);

    /// <summary>Takes the cable away, as ending the machine does.</summary>
    public void Dispose()
    {
        if (closing.IsCancellationRequested)
            return;
        closing.Cancel();
        receiver.Dispose();
        toSwitch.Dispose();
        toMachine.Dispose();
        sender?.Dispose();
        receiving.GetAwaiter().GetResult();
        closing.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[LongestFrame];
        while (!closing.IsCancellationRequested)
        {
            try
            {
                int length = await receiver.ReceiveAsync(buffer, SocketFlags.None, closing.Token);
                toSwitch.Send(buffer[..length]);
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Only the end of the port does so.
                return;
            }
        }
    }

    // Connected anew after each restart of the machine, whose socket is then another. Only a connected socket waits when the machine's queue is full; unix(7).
    private void Deliver(byte[] frame)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                sender ??= Connect();
                sender.Send(frame);
                return;
            }
            catch (SocketException failure)
            {
                bool isFull = failure.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut;
                if (!isFull)
                {
                    sender?.Dispose();
                    sender = null;
                    continue;
                }

                break;
            }
        }

        Interlocked.Increment(ref undelivered);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendLimit };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(machineSocket));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
