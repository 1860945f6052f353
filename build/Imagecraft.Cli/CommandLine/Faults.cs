// Whose fault an exception of the other projects is, and what to say. Unaware of printing.

using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;
using Imagecraft.Qemu;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Turns known exceptions into problems.</summary>
public static class Faults
{
    // ENOSPC and EDQUOT, and EPERM, EACCES and EROFS, as .NET hands them on in HResult on Linux.
    private static readonly int[] _diskErrors = [28, 122];
    private static readonly int[] _accessErrors = [1, 13, 30];

    /// <summary>The problem, or null when the exception is a bug of ours.</summary>
    public static ProblemException? Of(Exception exception, string cacheRoot) => exception switch
    {
        ProblemException problem => problem,
        FeedException feed => new ProblemException(feed.UserError ? ExitCodes.User : ExitCodes.Environment, feed.Message),
        GraphException graph => ProblemException.User(graph.Message),
        StoreException or DiskFullException => ProblemException.Environment(exception.Message),
        MachineException machine => new ProblemException(machine is MachineStartException ? ExitCodes.Environment : ExitCodes.User, machine.Message),
        UnauthorizedAccessException access => ProblemException.Environment(access.Message.TrimEnd('.'), "Use a checkout and a cache folder that you own, or set IMAGECRAFT_CACHE"),
        IOException disk when _diskErrors.Contains(disk.HResult) => ProblemException.Environment(disk.Message.TrimEnd('.'), $"Free some space, or set IMAGECRAFT_CACHE to a folder on a larger disk (now `{cacheRoot}`)"),
        IOException access when _accessErrors.Contains(access.HResult) => ProblemException.Environment(access.Message.TrimEnd('.'), $"Use a checkout and a cache folder that you own and can write to, or set IMAGECRAFT_CACHE (now `{cacheRoot}`)"),
        FileNotFoundException or DirectoryNotFoundException => ProblemException.User(exception.Message.TrimEnd('.')),
        _ => null,
    };
}
