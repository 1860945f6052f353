// Notices a server that sends too slowly to ever end. Unaware of what is sent.

using System.Globalization;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Holds what comes within each span of time against the least rate.</summary>
internal sealed class RateGuard(FetcherOptions options)
{
    private long start = options.Clock.GetTimestamp();
    private long bytes;

    /// <summary>Counts what came.</summary>
    /// <exception cref="FeedException">The span is over and brought too little.</exception>
    public void Received(int count)
    {
        bytes += count;
        var now = options.Clock.GetTimestamp();
        var elapsed = options.Clock.GetElapsedTime(start, now);
        if (elapsed < options.RateSpan) return;
        if (bytes < options.LeastRate * elapsed.TotalSeconds)
            throw new FeedException(FeedCause.Slow, string.Create(CultureInfo.InvariantCulture, $"sent {bytes} bytes in {elapsed.TotalSeconds:0} s, less than {options.LeastRate} a second"));
        (start, bytes) = (now, 0);
    }
}
