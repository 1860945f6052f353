// What is known of one download before it comes, and what is seen of it. Unaware of protocols.

using System.Globalization;

namespace Imagecraft.Feeds.Fetching;

/// <summary>The most bytes that may come.</summary>
/// <param name="Bytes">So many.</param>
/// <param name="Says">Who says so, to be read before "says".</param>
/// <param name="IsExact">The size itself, and not only a bound for files of a kind.</param>
internal readonly record struct SizeBound(long Bytes, string Says, bool IsExact)
{
    /// <summary>A size that somebody trusted states.</summary>
    public static SizeBound Exactly(long bytes, string says) => new(bytes, says, true);

    /// <summary>A bound for files of a kind whose size nobody knows.</summary>
    public static SizeBound AtMost(long bytes, string kind) => new(bytes, kind, false);

    /// <summary>The failure when more comes.</summary>
    /// <param name="bytes">What the server announced, or what came until now.</param>
    public FeedException Exceeded(long bytes) => IsExact
        ? new(FeedCause.OtherContent, string.Create(CultureInfo.InvariantCulture, $"sends {bytes} bytes or more, but {Says} says {Bytes}; either the file changed or the expectation is wrong"))
        : new(FeedCause.TooLarge, string.Create(CultureInfo.InvariantCulture, $"sends {bytes} bytes or more, but {Says} has at most {Bytes}"));
}

/// <summary>One download on its way through a scheme.</summary>
/// <param name="bound">How large the file may be.</param>
/// <param name="progress">Bytes received so far and the total when known.</param>
internal sealed class Transfer(SizeBound bound, IProgress<(long Received, long? Total)>? progress)
{
    public SizeBound Bound => bound;

    public IProgress<(long Received, long? Total)>? Progress => progress;

    /// <summary>A part that had come before was continued, so content of two states may be mixed.</summary>
    public bool Continued { get; set; }
}
