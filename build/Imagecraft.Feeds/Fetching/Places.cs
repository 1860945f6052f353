// Sums up what several servers of one kind said. Unaware of protocols.

namespace Imagecraft.Feeds.Fetching;

internal static class Places
{
    /// <summary>The failure of all of them.</summary>
    /// <param name="noun"><c>mirror</c> or <c>source</c>.</param>
    /// <param name="failures">Each server's address and what came of it.</param>
    public static FeedException Failed(string noun, IReadOnlyCollection<(string Place, FeedException Why)> failures)
    {
        var cause = FeedCauses.Together([.. failures.Select(f => f.Why.Cause)]);
        return new(cause, $"no {noun} {(cause == FeedCause.Gone ? "has" : "gave")} it: {string.Join(", ", failures.Select(f => $"{f.Place} {f.Why.Message}"))}");
    }
}
