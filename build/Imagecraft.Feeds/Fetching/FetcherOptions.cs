// How stubborn downloads are. Unaware of what is downloaded.

namespace Imagecraft.Feeds.Fetching;

/// <summary>Limits of downloads.</summary>
public sealed record FetcherOptions
{
    /// <summary>Attempts per address when the failure may pass (broken connection, stall, status 408, 429 or 5xx).</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>First pause between attempts; doubled each time, with jitter.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest pause, also for what a server asks by Retry-After.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that brings no byte for so long is broken.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No network at all: only local files.</summary>
    public bool Offline { get; init; }
}
