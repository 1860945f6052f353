// What QEMU tells of by itself. Unaware of commands and of the connection.

using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Imagecraft.Qemu.Machines;

/// <summary>An event of QEMU.</summary>
/// <param name="Name">E.g. <c>RESET</c>, <c>SHUTDOWN</c>, <c>WATCHDOG</c>; QEMU's documentation, "QMP Reference Manual", lists all.</param>
/// <param name="Data">What the event says, as the manual describes it; empty when it says nothing.</param>
/// <param name="Time">The host's time.</param>
public sealed record QmpEvent(string Name, JsonObject Data, DateTimeOffset Time)
{
    /// <summary>The event that a message is; null: it is an answer.</summary>
    internal static QmpEvent? Of(JsonObject message)
    {
        if (message["event"]?.GetValue<string>() is not { } name)
            return null;
        long seconds = message["timestamp"]?["seconds"]?.GetValue<long>() ?? 0, microseconds = message["timestamp"]?["microseconds"]?.GetValue<long>() ?? 0;
        return new(name, message["data"]?.DeepClone() as JsonObject ?? [], DateTimeOffset.FromUnixTimeSeconds(seconds).AddMicroseconds(microseconds));
    }

    /// <inheritdoc/>
    public override string ToString() => Data.Count == 0 ? Name : $"{Name} {Data.ToJsonString()}";
}

/// <summary>All events of a connection, for any number of readers, each of which gets all of them.</summary>
public sealed class QmpEvents
{
    // Far more than a machine tells of; nobody who reads falls so far behind.
    private const int MostKept = 10_000;

    private readonly Lock gate = new();
    private readonly List<QmpEvent> kept = [];
    private long first;
    private bool completed;
    private TaskCompletionSource changed = NewSignal();

    /// <summary>The events so far, of which the oldest of more than ten thousand are forgotten.</summary>
    public IReadOnlyList<QmpEvent> SoFar
    {
        get
        {
            lock (gate)
                return [.. kept];
        }
    }

    /// <summary>Number of events that have been told, forgotten ones included: where <see cref="ReadAsync"/> begins when only later ones are wanted.</summary>
    public long Count
    {
        get
        {
            lock (gate)
                return first + kept.Count;
        }
    }

    /// <summary>Events as they come. Ends when QEMU does.</summary>
    /// <param name="from">Number of the first that is given; 0: from the start of the machine on.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async IAsyncEnumerable<QmpEvent> ReadAsync(long from = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task later;
            QmpEvent? next = null;
            lock (gate)
            {
                from = Math.Max(from, first);
                if (from < first + kept.Count)
                    next = kept[(int)(from++ - first)];
                else if (completed)
                    yield break;
                later = changed.Task;
            }

            if (next is not null)
                yield return next;
            else
                await later.WaitAsync(cancellationToken);
        }
    }

    internal void Add(QmpEvent told)
    {
        lock (gate)
        {
            kept.Add(told);
            if (kept.Count > MostKept)
            {
                kept.RemoveAt(0);
                first++;
            }

            Signal();
        }
    }

    internal void Complete()
    {
        lock (gate)
        {
            completed = true;
            Signal();
        }
    }

    private void Signal()
    {
        changed.TrySetResult();
        changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
