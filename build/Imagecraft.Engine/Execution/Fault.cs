// The one table of what goes wrong: whose fault an exception is, and the remedy. Judged by types and error numbers, never by words. Unaware of actions.

using System.ComponentModel;
using System.Net.Http;
using System.Net.Sockets;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

/// <summary>Whose fault something is, and what is said of it.</summary>
/// <param name="Kind">Decides the exit code.</param>
/// <param name="Message">What happened.</param>
/// <param name="Remedy">What to do; null where the message has it.</param>
public sealed record Fault(FailureKind Kind, string Message, string? Remedy = null)
{
    // Error numbers of Linux, which .NET hands on in HResult. Source: the kernel's include/uapi/asm-generic/errno-base.h and errno.h.
    private const int NotPermitted = 1, InputOutput = 5, TryAgain = 11, NoMemory = 12, AccessDenied = 13, TableFull = 23, TooManyFiles = 24, ReadOnly = 30;

    /// <summary>The fault that an exception stands for; null when nobody expected it, so that it is a bug of ours.</summary>
    /// <param name="exception">What was thrown; of several at once the machine's fault goes before the user's, and one that nobody expected before all.</param>
    /// <param name="cacheRoot">The cache folder, if known: a file that is missing there is no fault of the user's.</param>
    public static Fault? Of(Exception exception, string? cacheRoot = null) => exception switch
    {
        AggregateException several => Worst([.. several.Flatten().InnerExceptions.Select(inner => Of(inner, cacheRoot))]),
        ActionFailedException or StoreException or GraphException => User(exception),
        FetchFailedException fetch => fetch.UserError ? User(fetch) : Environment(fetch),
        EnvironmentException or DiskFullException => Environment(exception),
        _ when DiskSpace.IsExhausted(exception) => Environment(exception, "Free some space, e.g. with `./build.sh cache gc`, raise the quota or limit, or set IMAGECRAFT_CACHE to a folder on a larger disk"),
        UnauthorizedAccessException or IOException { HResult: NotPermitted or AccessDenied } => Environment(exception, "Use a checkout and a cache folder that you own, or set IMAGECRAFT_CACHE"),
        IOException { HResult: ReadOnly } => Environment(exception, "Its file system is mounted read-only: set IMAGECRAFT_CACHE to a folder that can be written, and use a checkout that can be"),
        IOException { HResult: InputOutput } => Environment(exception, "The kernel's log tells whether the disk fails"),
        IOException { HResult: TableFull or TooManyFiles } => Environment(exception, "Raise the limit of open files, e.g. with `ulimit -n`, or run fewer actions at once with `--jobs`"),
        FileNotFoundException missing when IsElsewhere(missing.FileName, cacheRoot) => User(missing),
        DirectoryNotFoundException when cacheRoot is not null => User(exception),
        IOException => Environment(exception),
        OutOfMemoryException or Win32Exception { NativeErrorCode: NoMemory or TryAgain } => Environment(exception, "Free some memory, or run fewer actions at once with `--jobs`"),
        Win32Exception => Environment(exception, "`./build.sh doctor` says what the machine lacks"),
        HttpRequestException or SocketException => Environment(exception, "See whether this machine has a network, a name server, and the proxy that it needs"),
        _ => null,
    };

    private static bool IsElsewhere(string? path, string? cacheRoot) => cacheRoot is not null && path?.StartsWith(cacheRoot + "/", StringComparison.Ordinal) != true;

    private static Fault? Worst(Fault?[] faults) => faults.Contains(null) ? null : faults.MinBy(fault => fault!.Kind == FailureKind.Environment ? 0 : 1);

    private static Fault User(Exception exception) => new(FailureKind.User, exception.Message.TrimEnd('.'));

    private static Fault Environment(Exception exception, string? remedy = null) => new(FailureKind.Environment, exception.Message.TrimEnd('.'), remedy);
}
