// Asks servers, each question once, some at a time, none for long. Unaware of what the answers mean.

using System.Collections.Concurrent;
using Imagecraft.Feeds;

namespace Imagecraft.Cli.Updating;

/// <summary>Bounds of look-ups.</summary>
/// <param name="Parallel">Questions at a time.</param>
/// <param name="Limit">How long an answer may take.</param>
public sealed record LookupLimits(int Parallel, TimeSpan Limit)
{
    /// <summary>What nobody minds: a release is looked up in a second or two, or the server has a problem.</summary>
    public static LookupLimits Usual { get; } = new(8, TimeSpan.FromSeconds(30));
}

/// <summary>The questions of one run. A server that cannot be reached is asked nothing more.</summary>
/// <param name="limits">Bounds.</param>
/// <param name="cancellationToken">Ends all of it.</param>
public sealed class Lookups(LookupLimits limits, CancellationToken cancellationToken) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<object>>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FeedException> _silent = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(limits.Parallel);

    /// <summary>The answer to a question, which is asked when nobody has asked it before.</summary>
    /// <param name="server">Who is asked; one that cannot be reached is not asked again.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="ask">Asks.</param>
    /// <exception cref="FeedException">There is no answer, or not in time.</exception>
    public async Task<T> AskAsync<T>(string server, string question, Func<CancellationToken, Task<T>> ask) where T : notnull =>
        (T)await _answers.GetOrAdd(question, _ => new(() => WithinBoundsAsync(server, ask))).Value.ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task<object> WithinBoundsAsync<T>(string server, Func<CancellationToken, Task<T>> ask) where T : notnull
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_silent.TryGetValue(server, out var known))
                throw known;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            end.CancelAfter(limits.Limit);
            try
            {
                return await ask(end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new FeedException(FeedCause.Silent, $"did not answer within {limits.Limit.TotalSeconds:0.#} s");
            }
        }
        catch (FeedException problem) when (problem.Cause is FeedCause.Unreachable or FeedCause.Silent or FeedCause.Untrusted)
        {
            _silent.TryAdd(server, problem);
            throw;
        }
        finally
        {
            _places.Release();
        }
    }
}
