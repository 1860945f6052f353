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

    /// <summary>Bytes a second that a server must bring, on average over each <see cref="RateSpan"/>.</summary>
    public int LeastRate { get; init; } = 1024;

    /// <summary>The time over which the rate is taken.</summary>
    public TimeSpan RateSpan { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most bytes of a file whose size nobody knows before.</summary>
    public long LargestFile { get; init; } = 16L << 30;

    /// <summary>Most bytes of an index that is read into memory: a suite's `InRelease`, a registry's answer.</summary>
    public long LargestIndex { get; init; } = 10L << 20;

    /// <summary>Time, for the rate.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>No network at all: only local files.</summary>
    public bool Offline { get; init; }
}
