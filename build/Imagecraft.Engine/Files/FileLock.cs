// A file that is locked while its owner lives, by flock(2), which the kernel ends with the process however that dies. Unaware of what it stands for.

using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Files;

/// <summary>An exclusive claim on a path. The file goes with the claim: a path without a locked file is owned by nobody.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private FileLock(SafeFileHandle handle, string path) => (_handle, _path) = (handle, path);

    /// <summary>Claims the path, making the file when absent; null when another process, or another claim of this one, holds it.</summary>
    internal static FileLock? TryTake(string path)
    {
        while (true)
        {
            var handle = Posix.OpenForLocking(path, create: true);
            if (!Posix.Lock(handle, LockKind.Exclusive, wait: false))
            {
                handle.Dispose();
                return null;
            }

            // Its last owner may have removed the file between the two calls: then this lock is on a file without a name, which keeps nobody out.
            if (Posix.TryStat(path, out var stat) && Posix.Stat(handle, path) is var held && (stat.Inode, stat.Device) == (held.Inode, held.Device))
                return new FileLock(handle, path);
            handle.Dispose();
        }
    }

    /// <summary>
    /// Claims a path that is new. Whoever looks for what the dead have left may hold it for a moment, between the making of the file and its locking, and then removes it: so the next name is tried.
    /// </summary>
    /// <param name="names">Gives a path at which nothing is, another one each time.</param>
    internal static (FileLock Claim, string Path) TakeNew(Func<string> names)
    {
        while (true)
        {
            var path = names();
            if (TryTake(path) is { } claim)
                return (claim, path);
        }
    }

    /// <summary>Writes who holds it, for others to read.</summary>
    internal void Note(string text)
    {
        RandomAccess.SetLength(_handle, 0);
        RandomAccess.Write(_handle, System.Text.Encoding.UTF8.GetBytes(text), 0);
    }

    /// <summary>Removes the file while it is still locked, then ends the claim.</summary>
    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        File.Delete(_path);
        _handle.Dispose();
    }
}
