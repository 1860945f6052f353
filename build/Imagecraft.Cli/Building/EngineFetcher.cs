// Lets the engine download by the feeds' fetcher. Unaware of what is downloaded.

using System.Collections.Concurrent;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Building;

/// <summary>An adapter; the fetcher is made when the first download is asked for, which a build with nothing to do never does.</summary>
public sealed class EngineFetcher(Fetching fetching) : IFetcher
{
    private readonly ConcurrentDictionary<string, FeedCause> _failed = new();

    /// <summary>SHA-256 of everything that servers answered not to have, or not to give: newer versions may be had. A server that is only busy says nothing about the file.</summary>
    public IReadOnlyCollection<string> Absent => [.. _failed.Where(f => f.Value is FeedCause.Gone or FeedCause.Refused).Select(f => f.Key)];

    /// <inheritdoc/>
    public async Task FetchAsync(ActionWork.Fetch request, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await fetching.Fetcher.FetchAsync(ContentPin.Parse(request.Integrity ?? request.Sha256), request.Size, request.FileName, request.Places, destination, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (FeedException problem)
        {
            _failed[request.Integrity ?? request.Sha256] = problem.Cause;
            throw new FetchFailedException(problem.Message, problem.UserError);
        }
    }

    /// <inheritdoc/>
    public async Task FetchCommitAsync(ActionWork.FetchCommit request, FetchTools tools, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await fetching.Fetcher.FetchCommitAsync(request.FileName, request.Places, GitSandbox.Of(tools), destination, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (FeedException problem)
        {
            throw new FetchFailedException(problem.Message, problem.UserError);
        }
    }
}
