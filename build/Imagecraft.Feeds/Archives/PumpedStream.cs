// Reads a stream ahead on a thread of its own, so that decoding and writing files overlap. Unaware of the content.

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Imagecraft.Feeds.Archives;

/// <summary>Read-only view of a stream that another thread drains in blocks.</summary>
internal sealed class PumpedStream : ForwardStream
{
    private const int BlockSize = 1 << 20;
    private const int BlocksAhead = 8;

    private readonly Stream source;
    private readonly BlockingCollection<(byte[] Block, int Count)> filled = new(BlocksAhead);
    private readonly ConcurrentBag<byte[]> free = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private byte[] block = [];
    private int count;
    private int used;

    public PumpedStream(Stream source)
    {
        this.source = source;
        pump = Task.Factory.StartNew(Pump, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public override int Read(Span<byte> buffer)
    {
        if (used == count)
        {
            if (block.Length > 0) free.Add(block);
            block = [];
            count = used = 0;
            if (!filled.TryTake(out var next, Timeout.Infinite))
            {
                if (pump.Exception is { } failure) ExceptionDispatchInfo.Throw(failure.InnerException!);
                return 0;
            }
            (block, count) = next;
        }
        var size = Math.Min(buffer.Length, count - used);
        block.AsSpan(used, size).CopyTo(buffer);
        used += size;
        return size;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stop.Cancel();
            // The pump's failure was reported by Read; here only its end matters.
            ((IAsyncResult)pump).AsyncWaitHandle.WaitOne();
            filled.Dispose();
            stop.Dispose();
            source.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Pump()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var target = free.TryTake(out var spare) ? spare : GC.AllocateUninitializedArray<byte>(BlockSize);
                var size = source.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
                if (size == 0) return;
                filled.Add((target, size), stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader went away early.
        }
        finally
        {
            filled.CompleteAdding();
        }
    }
}
