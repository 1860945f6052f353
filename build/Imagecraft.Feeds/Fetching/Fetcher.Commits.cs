// Brings commits from the first place that has them. Unaware of how git is run.

namespace Imagecraft.Feeds.Fetching;

public sealed partial class Fetcher
{
    /// <summary>Tries the places in order, checks every object and leaves the commit's files as a tar at <paramref name="destination"/>.</summary>
    /// <param name="fileName">Name of the commit for messages.</param>
    /// <param name="places">`git:ADDRESS#COMMIT`, all of one commit.</param>
    /// <param name="git">Starts git.</param>
    /// <param name="destination">Path to write; folders beside it are used meanwhile.</param>
    /// <param name="progress">Bytes written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FeedException">No place gave it: each with its error, and the cause that they share. A full disk ends the search at once.</exception>
    public async Task FetchCommitAsync(string fileName, IReadOnlyList<string> places, GitCommand git, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        if (options.Offline) throw Offline();
        var failures = new List<(string Place, FeedException Why)>();
        foreach (var place in places)
        {
            try
            {
                await new GitScheme(git).GetAsync(place, destination, progress, cancellationToken);
                return;
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                failures.Add((place, e));
            }
        }
        throw NoneGave(fileName, failures);
    }
}
