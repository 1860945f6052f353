// The file system calls that .NET does not offer: exact stat, hard links, fixed time stamps, syncfs, flock. Unaware of the store's layout.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Files;

/// <summary>Linux system calls with errno as return value or as <see cref="IOException"/> naming the path.</summary>
internal static unsafe partial class Posix
{
    internal const int ENOENT = 2, EEXIST = 17, EXDEV = 18, ENOTDIR = 20, EMLINK = 31, ENOSPC = 28, EFBIG = 27, ENOTEMPTY = 39, EDQUOT = 122;
    private const int ENXIO = 6, SeekData = 3, SeekHole = 4;
    private const int AtCurrentFolder = -100, AtSymlinkNoFollow = 0x100, AtEmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int OpenReadWrite = 2, OpenCreate = 0x40, OpenCloseOnExec = 0x80000;

    /// <summary>What `lstat` tells of <paramref name="path"/>; false when nothing is there.</summary>
    internal static bool TryStat(string path, out FileStat stat)
    {
        var result = Statx(AtCurrentFolder, path, AtSymlinkNoFollow, BasicStats, out var buffer);
        stat = new FileStat(buffer);
        if (result == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error is ENOENT or ENOTDIR ? false : throw Failure(error, "stat", path);
    }

    internal static FileStat Stat(string path) =>
        TryStat(path, out var stat) ? stat : throw Failure(ENOENT, "stat", path);

    /// <summary>Reads a whole small file with three system calls; null when it is absent.</summary>
    internal static byte[]? TryRead(string path, out FileStat stat)
    {
        stat = default;
        var descriptor = Open(path, OpenCloseOnExec);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is ENOENT or ENOTDIR ? null : throw Failure(error, "open", path);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Statx(descriptor, "", AtEmptyPath, BasicStats, out var buffer) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "stat", path);
        stat = new FileStat(buffer);
        var bytes = new byte[stat.Size];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var count = RandomAccess.Read(handle, bytes.AsSpan(filled), filled);
            if (count == 0)
                return bytes[..filled];
            filled += count;
        }

        return bytes;
    }

    /// <summary>Opens a file for locking, made when absent. .NET's own open takes an advisory lock of its own, which would be in the way.</summary>
    internal static SafeFileHandle OpenForLocking(string path, bool create)
    {
        var descriptor = OpenWithMode(path, OpenReadWrite | OpenCloseOnExec | (create ? OpenCreate : 0), 0x1a4);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(Marshal.GetLastPInvokeError(), "open", path);
    }

    /// <summary>Makes a hard link; returns errno, 0 for done.</summary>
    internal static int Link(string existing, string path) =>
        LinkNative(existing, path) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Renames a file or folder; returns errno, 0 for done.</summary>
    internal static int Rename(string from, string to) =>
        RenameNative(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();

    internal static void Symlink(string target, string path)
    {
        if (SymlinkNative(target, path) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "symlink", path);
    }

    /// <summary>The link's text, exactly as stored; null when it is not UTF-8.</summary>
    internal static string? TryReadLink(string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* pointer = buffer)
        {
            var length = ReadLinkNative(path, pointer, (nuint)buffer.Length);
            if (length < 0)
                throw Failure(Marshal.GetLastPInvokeError(), "readlink", path);
            var text = buffer[..(int)length];
            return System.Text.Unicode.Utf8.IsValid(text) ? System.Text.Encoding.UTF8.GetString(text) : null;
        }
    }

    internal static void ChangeMode(string path, uint mode)
    {
        if (ChmodNative(path, mode) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "chmod", path);
    }

    internal static void MakeFolder(string path)
    {
        if (MkdirNative(path, 0x1ed) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "mkdir", path);
    }

    /// <summary>Sets access and modification time, in seconds since 1970 (and nanoseconds of that second), never following a link.</summary>
    internal static void SetTime(string path, long seconds, long nanoseconds = 0)
    {
        var times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        if (UtimensatNative(AtCurrentFolder, path, times, AtSymlinkNoFollow) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "utimensat", path);
    }

    /// <summary>Writes everything of the file system that holds <paramref name="handle"/> to the disk, and waits.</summary>
    internal static void SyncFileSystem(SafeFileHandle handle, string path)
    {
        if (SyncfsNative(handle) != 0)
            throw Failure(Marshal.GetLastPInvokeError(), "syncfs", path);
    }

    /// <summary>Takes or releases an advisory lock; false when <paramref name="wait"/> is off and another holds it.</summary>
    internal static bool Lock(SafeFileHandle handle, LockKind kind, bool wait = true)
    {
        while (true)
        {
            if (FlockNative(handle, (int)kind | (wait ? 0 : 4)) == 0)
                return true;
            var error = Marshal.GetLastPInvokeError();
            if (error == 4)
                continue;
            return error == 11 ? false : throw Failure(error, "flock", "the lock file of the store");
        }
    }

    internal static IOException Failure(int error, string call, string path)
    {
        // .NET's own I/O exceptions carry errno in HResult on Unix; the same is done here, so one filter serves both.
        var text = $"`{path}`: {Marshal.GetPInvokeErrorMessage(error)} ({call}){RemedyOf(error)}";
        return error == ENOENT ? new FileNotFoundException(text, path) : new IOException(text, error);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenWithMode(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkNative(string existing, string path);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameNative(string from, string to);

    [LibraryImport("libc", EntryPoint = "symlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymlinkNative(string target, string path);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkNative(string path, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChmodNative(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkdirNative(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UtimensatNative(int folder, string path, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncfsNative(SafeFileHandle handle);

    /// <summary>The first byte from an offset on that lies in no hole; <see cref="long.MaxValue"/> when only a hole follows.</summary>
    internal static long NextData(SafeFileHandle handle, long offset) => Seek(handle, offset, SeekData, offset);

    /// <summary>The first byte from an offset on that lies in a hole; <see cref="long.MaxValue"/> when none follows.</summary>
    internal static long NextHole(SafeFileHandle handle, long offset) => Seek(handle, offset, SeekHole, long.MaxValue);

    // A file system that knows no holes has none.
    private static long Seek(SafeFileHandle handle, long offset, int whence, long without)
    {
        var found = SeekNative(handle, offset, whence);
        return found >= 0 ? found : Marshal.GetLastPInvokeError() == ENXIO ? long.MaxValue : without;
    }

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long SeekNative(SafeFileHandle handle, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FlockNative(SafeFileHandle handle, int operation);
}

/// <summary>Operations of flock(2).</summary>
internal enum LockKind
{
    Shared = 1,
    Exclusive = 2,
    None = 8,
}
