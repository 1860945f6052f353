// System calls that make files last, and those that meet files which others remove meanwhile. Unaware of the store's layout.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Files;

internal static unsafe partial class Posix
{
    private const int EPERM = 1, EACCES = 13, EROFS = 30;

    /// <summary>What `fstat` tells of an open file; <paramref name="path"/> is for messages.</summary>
    internal static FileStat Stat(SafeFileHandle handle, string path) =>
        Statx((int)handle.DangerousGetHandle(), "", AtEmptyPath, BasicStats, out var buffer) == 0 ? new FileStat(buffer) : throw Failure(Marshal.GetLastPInvokeError(), "stat", path);

    /// <summary>As <see cref="SetTime"/>; false when the file is gone, or is another user's.</summary>
    internal static bool TrySetTime(string path, long seconds)
    {
        var times = stackalloc long[4] { seconds, 0, seconds, 0 };
        return UtimensatNative(AtCurrentFolder, path, times, AtSymlinkNoFollow) == 0
            || (Marshal.GetLastPInvokeError() is var error && error is ENOENT or ENOTDIR or EPERM or EACCES or EROFS ? false : throw Failure(error, "utimensat", path));
    }

    /// <summary>Writes a file's content, or a folder's names, to the disk and waits.</summary>
    internal static void SyncToDisk(string path)
    {
        var descriptor = Open(path, OpenCloseOnExec);
        if (descriptor < 0)
            throw Failure(Marshal.GetLastPInvokeError(), "open", path);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FsyncNative(handle) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "fsync", path);
    }

    /// <summary>Whether the exception says that the file is another user's or lies on a read-only file system.</summary>
    internal static bool IsForbidden(IOException problem) => problem.HResult is EPERM or EACCES or EROFS;

    /// <summary>What to do about an error that says whose the file is; empty for others.</summary>
    private static string RemedyOf(int error) => error switch
    {
        EPERM or EACCES => "; give it to the current user with `chown`, or set IMAGECRAFT_CACHE to a folder of your own when it lies in the cache",
        EROFS => "; make the file system writable, or set IMAGECRAFT_CACHE to a folder elsewhere when it lies in the cache",
        _ => "",
    };

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FsyncNative(SafeFileHandle handle);
}
