// Removes a folder with all below it, whatever names, modes and depths an action left. Unaware of why it is removed.

using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Files;

/// <summary>
/// Works on descriptors and on names as bytes, so neither names that are not UTF-8 nor paths longer than the kernel takes are in its way, and never
/// follows a link. Each sub-folder is first renamed into the top folder: no depth needs a longer path, more descriptors or more stack.
/// </summary>
public static class FolderRemoval
{
    /// <summary>Removes the folder; nothing happens when there is none.</summary>
    /// <exception cref="IOException">Something could not be removed; everything else is.</exception>
    public static void Remove(string path)
    {
        using var top = Posix.TryOpenFolder(path, out var error);
        if (error == Posix.ENOENT)
            return;
        if (top is null)
            throw Posix.Failure(error, "open", path);
        var removal = new Removal(top, path);
        removal.Run();
        removal.Check();
        error = Posix.RemoveFolder(path);
        if (error is not (0 or Posix.ENOENT))
            throw Posix.Failure(error, "rmdir", path);
    }

    private sealed class Removal(SafeFileHandle top, string path)
    {
        // A folder that changes while it is read may give an entry late; more rounds than these mean that someone still writes.
        private const int MostRounds = 100;

        private readonly Stack<byte[]> _waiting = new();
        private readonly string _prefix = $".removed-{Guid.NewGuid():N}-";
        private IOException? _first;
        private long _count;

        internal void Run()
        {
            for (var round = 0; round < MostRounds; round++)
            {
                _waiting.Clear();
                if (!Sweep(top, isTop: true))
                    break;
            }

            while (_waiting.TryPop(out var name))
            {
                using (var folder = Posix.TryOpenFolder(top, name, out var error))
                {
                    if (folder is null)
                    {
                        Note(error, "open", name);
                        continue;
                    }

                    for (var round = 0; round < MostRounds && Sweep(folder, isTop: false); round++)
                    {
                    }
                }

                Note(Posix.Unlink(top, name, isFolder: true), "rmdir", name);
            }
        }

        internal void Check()
        {
            if (_first is not null)
                throw _first;
        }

        /// <summary>Removes what a folder holds, sub-folders set aside; whether there was something to remove.</summary>
        private bool Sweep(SafeFileHandle folder, bool isTop)
        {
            var found = false;
            foreach (var (name, mayBeFolder) in Posix.ReadFolder(folder, path))
            {
                // A type that the file system does not tell shows when it cannot be unlinked.
                var error = mayBeFolder is true ? Posix.EISDIR : Posix.Unlink(folder, name, isFolder: false);
                if (error == Posix.EISDIR && isTop)
                    _waiting.Push(name);
                else if (error == Posix.EISDIR)
                    found |= SetAside(folder, name);
                else
                    found |= Note(error, "unlink", name);
            }

            return found;
        }

        private bool SetAside(SafeFileHandle folder, byte[] name)
        {
            // A folder that moves gets another parent, for which its owner must be able to write it.
            using (Posix.TryOpenFolder(folder, name, out _))
            {
            }

            byte[] aside = [.. Encoding.ASCII.GetBytes($"{_prefix}{_count++}"), 0];
            var error = Posix.Rename(folder, name, top, aside);
            if (error == 0)
                _waiting.Push(aside);
            return Note(error, "rename", name);
        }

        private bool Note(int error, string call, byte[] name)
        {
            if (error is not (0 or Posix.ENOENT))
                _first ??= Posix.Failure(error, call, $"{path}/.../{Encoding.UTF8.GetString(name.AsSpan(..^1))}");
            return error == 0;
        }
    }
}
