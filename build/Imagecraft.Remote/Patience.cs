// A time limit that begins anew whenever something comes. Unaware of what comes.

namespace Imagecraft.Remote;

/// <summary>Cancels when nothing happened for a while, or when the caller does.</summary>
sealed class Patience : IDisposable
{
    readonly TimeSpan limit;
    readonly CancellationToken caller;
    readonly CancellationTokenSource source;

    public Patience(TimeSpan limit, CancellationToken caller)
    {
        (this.limit, this.caller) = (limit, caller);
        source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        Renew();
    }

    public CancellationToken Token => source.Token;

    /// <summary>It waited too long, rather than that the caller ended it.</summary>
    public bool IsOver => source.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary><see cref="IsOver"/>, to be asked later.</summary>
    public bool RanOut() => IsOver;

    public void Renew() => source.CancelAfter(limit);

    public void Dispose() => source.Dispose();
}
