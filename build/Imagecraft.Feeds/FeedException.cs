// The one exception of this project. Unaware of who catches it.

namespace Imagecraft.Feeds;

/// <summary>Something outside did not give what was asked: a registry, a mirror, an archive, or a request that cannot be fulfilled.</summary>
/// <param name="message">What failed, where, and the remedy.</param>
/// <param name="userError">The request or the given file is wrong, rather than the network or the machine.</param>
/// <param name="inner">What was seen underneath.</param>
public sealed class FeedException(string message, bool userError, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The request or the given file is wrong, rather than the network or the machine.</summary>
    public bool UserError { get; } = userError;
}
