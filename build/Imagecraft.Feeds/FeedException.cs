// The one exception of this project. Unaware of who catches it.

namespace Imagecraft.Feeds;

/// <summary>Something outside did not give what was asked: a registry, a mirror, an archive, or a request that cannot be fulfilled.</summary>
public sealed class FeedException : Exception
{
    /// <summary>A failure of no cause that anybody tells apart.</summary>
    /// <param name="message">What failed, where, and the remedy.</param>
    /// <param name="userError">The request or the given file is wrong, rather than the network or the machine.</param>
    /// <param name="inner">What was seen underneath.</param>
    public FeedException(string message, bool userError, Exception? inner = null)
        : this(userError ? FeedCause.Request : FeedCause.Other, message, inner)
    {
    }

    /// <summary>A failure whose cause decides what follows. Credentials in addresses are left out of the message, whoever wrote it.</summary>
    public FeedException(FeedCause cause, string message, Exception? inner = null)
        : base(Addresses.Shown(message), inner) => Cause = cause;

    /// <summary>Why.</summary>
    public FeedCause Cause { get; }

    /// <summary>The request or the given file is wrong, rather than the network or the machine.</summary>
    public bool UserError => Cause.Consequence().UserError;
}
