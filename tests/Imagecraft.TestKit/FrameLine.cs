// One direction of a cable: frames come out in the order in which they went in, later, or not at all. Unaware of what they carry.

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Imagecraft.TestKit;

/// <summary>What becomes of frames on a cable; may change any time.</summary>
internal interface ILineQuality
{
    /// <summary>How long each takes.</summary>
    TimeSpan Delay { get; }

    /// <summary>Share that is lost, 0 to 1.</summary>
    double Loss { get; }

    /// <summary>Whether the cable is plugged in at all.</summary>
    bool IsPlugged { get; }
}

/// <summary>A queue with a thread of its own, because delivering may block.</summary>
internal sealed class FrameLine : IDisposable
{
    // As many as a network card's queue holds; what comes on top is lost.
    private const int LongestQueue = 1024;

    // Never disposed: other lines may still send when this one ends, and it holds nothing but memory.
    private readonly BlockingCollection<(long Sent, byte[] Frame)> queue = new(LongestQueue);
    private readonly CancellationTokenSource closing = new();
    private readonly ILineQuality quality;
    private readonly Action<byte[]> deliver;
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly Thread thread;
    private long lost;

    /// <param name="quality">Delay and loss.</param>
    /// <param name="deliver">Gets each frame that arrives, on the line's thread.</param>
    /// <param name="seed">Decides for the first, second and so on frame whether it is lost at a given share.</param>
    public FrameLine(ILineQuality quality, Action<byte[]> deliver, int seed)
    {
        this.quality = quality;
        this.deliver = deliver;
        random = new(seed);
        thread = new(Run) { IsBackground = true, Name = "Ethernet" };
        thread.Start();
    }

    /// <summary>How many frames were lost.</summary>
    public long Lost => Interlocked.Read(ref lost);

    /// <summary>Puts a frame in.</summary>
    public void Send(byte[] frame)
    {
        double fate;
        // Drawn for each frame, so that the fate of the hundredth does not depend on the loss before it.
        lock (gate)
            fate = random.NextDouble();
        if (!quality.IsPlugged || fate < quality.Loss || !queue.TryAdd((Stopwatch.GetTimestamp(), frame)))
            Interlocked.Increment(ref lost);
    }

    /// <summary>Ends the thread; what is still on its way is lost.</summary>
    public void Dispose()
    {
        closing.Cancel();
        thread.Join();
        closing.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                (long sent, byte[] frame) = queue.Take(closing.Token);
                TimeSpan left = quality.Delay - Stopwatch.GetElapsedTime(sent);
                if (left > TimeSpan.Zero && closing.Token.WaitHandle.WaitOne(left))
                    return;
                deliver(frame);
            }
        }
        catch (OperationCanceledException)
        {
            // The line is taken away.
        }
    }
}
