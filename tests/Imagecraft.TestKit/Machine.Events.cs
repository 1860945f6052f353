// What QEMU tells of a machine by itself. Unaware of the console.

using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

public sealed partial class Machine
{
    private QmpEvents? awaitedOf;
    private long awaited;

    /// <summary>QEMU's events since the machine was switched on, as they come; ends when QEMU does. Each reader gets all of them.</summary>
    /// <exception cref="InvalidOperationException">The machine is off.</exception>
    public IAsyncEnumerable<QmpEvent> EventsAsync(CancellationToken cancellationToken = default) => Events.ReadAsync(cancellationToken: cancellationToken);

    /// <summary>Waits for an event of QEMU after everything that was awaited before on this boot.</summary>
    /// <param name="name">E.g. <c>RESET</c>, <c>WATCHDOG</c>, <c>DEVICE_DELETED</c>; QEMU's documentation, "QMP Reference Manual", lists all.</param>
    /// <param name="limit">Default: <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="TimeoutException">It does not come; the message lists those that came.</exception>
    public async Task<QmpEvent> WaitForEventAsync(string name, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        QmpEvents events = Events;
        if (awaitedOf != events)
            (awaitedOf, awaited) = (events, 0);
        long from = awaited, at = from;
        TimeSpan most = limit ?? DefaultLimit;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(most);
        string reason = $"within {most.TotalSeconds:0.#} s";
        try
        {
            await foreach (QmpEvent told in events.ReadAsync(from, ending.Token))
            {
                at++;
                if (told.Name != name)
                    continue;
                awaited = at;
                return told;
            }

            reason = "before QEMU ended";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The limit has passed.
        }

        string came = string.Join(", ", events.SoFar.Skip((int)Math.Min(from, int.MaxValue)).Select(told => $"`{told}`"));
        throw new TimeoutException($"QEMU told no event `{name}` {reason}; it told [{came}]");
    }

    private QmpEvents Events => Qemu.Qmp?.Events ?? throw new InvalidOperationException("The machine ended before QEMU could tell of it");
}
