// Copies a stored tree into a folder whose files belong to whoever asked. Unaware of what they are for.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Unlike a materialized tree, a copy shares no file with the store and may be changed.</summary>
public static class TreeCopy
{
    // Set-uid and set-gid are for what is shipped, not for files of this machine.
    private const uint Permissions = 0x1ff, OwnerReads = 0x100, OwnerWrites = 0x80, OwnerUses = 0x1c0;

    /// <summary>Fills a folder, which is made when it is not there, with files that their owner may write; their times are now.</summary>
    /// <exception cref="ContentMissingException">Some of it is gone.</exception>
    public static Task ToAsync(ContentStore store, Digest tree, string folder, CancellationToken cancellationToken) => ToAsync(store, tree, folder, OwnerWrites, null, cancellationToken);

    /// <summary>As the other, with the times of files.</summary>
    /// <param name="store">Has the tree.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="time">When a file was last changed, in nanoseconds since 1970, by its path in the tree.</param>
    /// <param name="cancellationToken">Ends it in the midst.</param>
    internal static Task ToAsync(ContentStore store, Digest tree, string folder, Func<string, long> time, CancellationToken cancellationToken) => ToAsync(store, tree, folder, 0, time, cancellationToken);

    private static async Task ToAsync(ContentStore store, Digest tree, string folder, uint further, Func<string, long>? time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var files = new List<TreeEntry>();
        var folders = new List<(string Path, uint Mode)>();
        foreach (var entry in TreeWalk.Entries(store, tree))
        {
            var path = Path.Combine(folder, entry.Path);
            if (entry.Kind == TreeEntryKind.Folder)
            {
                Directory.CreateDirectory(path);
                if (TreeWalk.FolderMode(store, entry) is { } mode)
                    folders.Add((path, mode));
            }
            else if (entry.Kind == TreeEntryKind.Symlink)
                Posix.Symlink(entry.Target!, path);
            else
                files.Add(entry);
        }

        await Parallel.ForEachAsync(files, AllCores.Until(cancellationToken), (entry, cancel) =>
        {
            var path = Path.Combine(folder, entry.Path);
            store.Objects.CopyOut(entry.Digest, path, cancel);
            Posix.ChangeMode(path, (TreeWalk.Mode(store, entry) & Permissions) | OwnerReads | further);
            if (time?.Invoke(entry.Path) is { } at)
                Posix.SetTime(path, at / 1_000_000_000, at % 1_000_000_000);
            return ValueTask.CompletedTask;
        });
        foreach (var (path, mode) in folders)
            Posix.ChangeMode(path, (mode & Permissions) | OwnerUses);
    }
}
