// Calls to a cache elsewhere: limits, attempts, and when to leave it alone. Unaware of what is asked.

namespace Imagecraft.Engine.Remote;

/// <summary>One direction of use of a cache elsewhere, reading or writing. Once it has proven useless it is left alone for the rest of the build, which costs some seconds at most.</summary>
/// <param name="name">Of the cache, for people.</param>
/// <param name="purpose">What is lost without it, for people: a clause.</param>
/// <param name="tell">Told once, in a sentence, when it is left alone.</param>
sealed class RemoteLink(string name, string purpose, Action<string> tell)
{
    const int Attempts = 4;
    static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(100), longestPause = TimeSpan.FromSeconds(2), patience = TimeSpan.FromSeconds(8);
    readonly Lock gate = new();
    long failingSince;
    bool closed;

    /// <summary>Whether it is still worth asking.</summary>
    public bool IsOpen => !Volatile.Read(ref closed);

    /// <summary>Asks, several times when there is no answer. <see cref="RemoteFault.NotFound"/> is an answer.</summary>
    /// <param name="ask">The call.</param>
    /// <param name="limit">Of one attempt.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="attempts">How often; 1 for what tries again by itself.</param>
    /// <exception cref="RemoteException">It came to nothing; then the link is closed, unless that was the answer.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan limit, CancellationToken cancellationToken, int attempts = Attempts)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!IsOpen)
                throw new RemoteException(RemoteFault.Unavailable, "it is no longer asked in this build");
            try
            {
                var answer = await AttemptAsync(ask, limit, cancellationToken);
                Volatile.Write(ref failingSince, 0);
                return answer;
            }
            catch (RemoteException e) when (e.Fault == RemoteFault.NotFound)
            {
                Volatile.Write(ref failingSince, 0);
                throw;
            }
            catch (RemoteException e)
            {
                if (e.Fault is not (RemoteFault.Unavailable or RemoteFault.Exhausted) || attempt >= attempts || FailingFor() > patience)
                {
                    Close(e.Message);
                    throw;
                }
            }

            await Task.Delay(Pause(attempt), cancellationToken);
        }
    }

    /// <summary>Leaves it alone from now on.</summary>
    /// <param name="why">A clause, for people.</param>
    public void Close(string why)
    {
        lock (gate)
        {
            if (closed)
                return;
            closed = true;
        }

        tell($"{purpose} `{name}` for the rest of this build: {why}");
    }

    static async Task<T> AttemptAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit == Timeout.InfiniteTimeSpan)
            return await ask(cancellationToken);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(limit);
        try
        {
            return await ask(source.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteException(RemoteFault.Unavailable, FormattableString.Invariant($"no answer within {limit.TotalSeconds:0.#} s"), e);
        }
    }

    // Since the first failure after which nothing went well.
    TimeSpan FailingFor()
    {
        var now = Environment.TickCount64;
        var since = Interlocked.CompareExchange(ref failingSince, now, 0);
        return since == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(now - since);
    }

    // Spread, so that those who failed together do not come back together.
    static TimeSpan Pause(int attempt)
    {
        var longest = Math.Min(firstPause.TotalMilliseconds * Math.Pow(3, attempt - 1), longestPause.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
