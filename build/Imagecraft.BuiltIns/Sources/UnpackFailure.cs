// Whose fault it is when something cannot be unpacked. Unaware of what it is.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;

namespace Imagecraft.BuiltIns.Sources;

static class UnpackFailure
{
    /// <summary>The exception for the engine: what the disk refuses is the machine's fault, all else the file's.</summary>
    public static Exception Of(string what, FeedException problem) => problem switch
    {
        { Cause: FeedCause.DiskFull } => new DiskFullException(problem.Message, problem),
        { UserError: true } => new ActionFailedException($"Cannot unpack {what}: {problem.Message}", problem),
        _ => new EnvironmentException($"Cannot unpack {what}: {problem.Message}", problem),
    };
}
