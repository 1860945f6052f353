// Folders by descriptor; names are bytes that end in NUL. Unaware of what lies in them.

using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Files;

internal static unsafe partial class Posix
{
    internal const int EISDIR = 21;
    private const int OpenPathOnly = 0x200000, AtRemoveFolder = 0x200;
    private const uint OwnerAll = 0x1c0;

    // O_DIRECTORY and O_NOFOLLOW are other bits on Arm. Source: the kernel's arch/arm64/include/uapi/asm/fcntl.h and include/uapi/asm-generic/fcntl.h.
    private static readonly int _folderOnly = (RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 | 0x8000 : 0x10000 | 0x20000) | OpenCloseOnExec;

    /// <summary>Opens a folder, never through a link at its end, which its owner then may use and change; null with errno when that cannot be.</summary>
    internal static SafeFileHandle? TryOpenFolder(string path, out int error) => Usable(OpenatNative(AtCurrentFolder, Terminated(path), _folderOnly), () => OpenatNative(AtCurrentFolder, Terminated(path), _folderOnly | OpenPathOnly), out error);

    /// <summary>As the other, of a folder's entry.</summary>
    internal static SafeFileHandle? TryOpenFolder(SafeFileHandle parent, byte[] name, out int error) => Usable(OpenatNative(parent, name, _folderOnly), () => OpenatNative(parent, name, _folderOnly | OpenPathOnly), out error);

    /// <summary>The names in a folder from its start, `.` and `..` left out, and whether each is a folder (null: the file system does not tell).</summary>
    /// <remarks>Source of the layout: getdents(2), <c>struct linux_dirent64</c>.</remarks>
    internal static IEnumerable<(byte[] Name, bool? IsFolder)> ReadFolder(SafeFileHandle folder, string path)
    {
        const int sizeAt = 16, kindAt = 18, nameAt = 19, unknown = 0, directory = 4;
        var buffer = new byte[1 << 16];
        if (LseekNative(folder, 0, 0) < 0)
            throw Failure(Marshal.GetLastPInvokeError(), "lseek", path);
        while (true)
        {
            var length = (int)GetdentsNative(folder, buffer, (nuint)buffer.Length);
            if (length < 0)
                throw Failure(Marshal.GetLastPInvokeError(), "getdents64", path);
            if (length == 0)
                yield break;
            for (var at = 0; at < length; at += BitConverter.ToUInt16(buffer, at + sizeAt))
            {
                var name = buffer[(at + nameAt)..(Array.IndexOf(buffer, (byte)0, at + nameAt) + 1)];
                if (name is not ([(byte)'.', 0] or [(byte)'.', (byte)'.', 0]))
                    yield return (name, buffer[at + kindAt] == unknown ? null : buffer[at + kindAt] == directory);
            }
        }
    }

    /// <summary>Removes an entry of a folder; returns errno, 0 for done, <see cref="EISDIR"/> for a folder when none was meant.</summary>
    internal static int Unlink(SafeFileHandle folder, byte[] name, bool isFolder) => Error(UnlinkatNative(folder, name, isFolder ? AtRemoveFolder : 0));

    /// <summary>Removes an empty folder; returns errno, 0 for done.</summary>
    internal static int RemoveFolder(string path) => Error(UnlinkatNative(AtCurrentFolder, Terminated(path), AtRemoveFolder));

    /// <summary>Renames an entry of one folder to one of another; returns errno, 0 for done.</summary>
    internal static int Rename(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName) => Error(RenameatNative(from, name, to, newName));

    private static SafeFileHandle? Usable(int descriptor, Func<int> openPathOnly, out int error)
    {
        error = Error(descriptor);
        if (error == EACCES && openPathOnly() is >= 0 and var place)
        {
            // Not by name: whoever may write the parent could put a link there meanwhile.
            using var held = new SafeFileHandle(place, ownsHandle: true);
            error = Error(ChmodNative($"/proc/self/fd/{place}", OwnerAll));
            if (error == 0)
                error = Error(descriptor = OpenatNative(held, Terminated("."), _folderOnly));
        }

        if (error != 0)
            return null;
        var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Statx(descriptor, "", AtEmptyPath, BasicStats, out var buffer) == 0 && (buffer.Mode & OwnerAll) != OwnerAll)
            _ = FchmodNative(folder, (buffer.Mode & 0xfffu) | OwnerAll);
        return folder;
    }

    private static int Error(int result) => result >= 0 ? 0 : Marshal.GetLastPInvokeError();

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenatNative(int folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenatNative(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetdentsNative(SafeFileHandle folder, [Out] byte[] buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long LseekNative(SafeFileHandle folder, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkatNative(int folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkatNative(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int RenameatNative(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FchmodNative(SafeFileHandle folder, uint mode);
}
