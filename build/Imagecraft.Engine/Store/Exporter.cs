// Copies objects to paths outside the store, verified and only when needed. Unaware of what the files are.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

/// <summary>A file to have outside the store.</summary>
/// <param name="Digest">Its content.</param>
/// <param name="Executable">Mode 0755 rather than 0644.</param>
/// <param name="Destination">Path on the host; missing folders are made.</param>
public sealed record ExportItem(Digest Digest, bool Executable, string Destination);

/// <summary>Exports files; a stamp file remembers what was written, so that a destination that nobody touched costs one stat.</summary>
/// <param name="store">Where content comes from.</param>
/// <param name="stampFile">Where the stamps of the destinations are kept.</param>
public sealed class Exporter(ContentStore store, string stampFile)
{
    /// <summary>Whether all that was exported with this stamp file is there as it was left.</summary>
    public static bool Stands(string stampFile) => new StatCache(stampFile).Stands();

    /// <summary>Brings all destinations to the wanted content. Each is replaced in one step: a reader sees the old file or the new one.</summary>
    /// <returns>How many had to be written.</returns>
    /// <exception cref="ContentMissingException">An object is absent, or was found damaged while it was copied (and is removed).</exception>
    /// <exception cref="DiskFullException">No space; the message has the numbers, and the destination is as before.</exception>
    public Task<int> ExportAsync(IReadOnlyList<ExportItem> items, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var stamps = new StatCache(stampFile);
            var written = new List<string>();
            try
            {
                foreach (var item in items)
                {
                    var path = Path.GetFullPath(item.Destination);
                    if (Posix.TryStat(path, out var stat) && stat.IsFile && stamps.TryGet(path, stat) == item.Digest.Hash && stat.IsExecutable == item.Executable)
                        continue;
                    Write(item, path, cancellationToken);
                    stamps.Set(path, Posix.Stat(path), item.Digest.Hash);
                    written.Add(path);
                }
            }
            finally
            {
                SyncToDisk(written);
                stamps.Save();
            }

            return written.Count;
        },
        cancellationToken);

    // A stamp says that the file is there as it was left, also after a power failure: so first it is.
    private static void SyncToDisk(List<string> files)
    {
        foreach (var path in files)
            Posix.SyncToDisk(path);
        foreach (var folder in files.Select(path => Path.GetDirectoryName(path)!).Distinct())
            Posix.SyncToDisk(folder);
    }

    private void Write(ExportItem item, string path, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.partial");
        Directory.CreateDirectory(folder);
        try
        {
            File.Delete(temporary);
            store.CopyOut(item.Digest, temporary, cancellationToken);
            Posix.ChangeMode(temporary, item.Executable ? 0x1edu : 0x1a4u);
            if (Directory.Exists(path))
                throw new StoreException($"`{path}` is a folder where a file is to be written; remove it");
            var error = Posix.Rename(temporary, path);
            if (error != 0)
                throw Posix.Failure(error, "rename", path);
        }
        catch (IOException problem) when (DiskSpace.IsExhausted(problem))
        {
            // Removed before the free space is counted.
            File.Delete(temporary);
            throw DiskSpace.Full(path, item.Digest.SizeBytes, problem);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
