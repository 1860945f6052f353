// Whose fault it is when something cannot be unpacked. Unaware of what it is.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;

namespace Imagecraft.BuiltIns.Sources;

static class UnpackFailure
{
    /// <summary>The exception for the engine: a full disk is the machine's fault, all else the file's.</summary>
    public static Exception Of(string what, FeedException problem) => problem.Cause == FeedCause.DiskFull
        ? new DiskFullException(problem.Message, problem)
        : new ActionFailedException($"Cannot unpack {what}: {problem.Message}", problem);
}
