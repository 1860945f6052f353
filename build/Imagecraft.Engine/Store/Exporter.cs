// Copies objects to paths outside the store, verified, only when needed, and all or none. Unaware of what the files are.

using System.Globalization;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>A file to have outside the store.</summary>
/// <param name="Digest">Its content.</param>
/// <param name="Executable">Mode 0755 rather than 0644.</param>
/// <param name="Destination">Path on the host; missing folders are made.</param>
/// <param name="Vouches">It tells what the others hold (checksums, a manifest): it is taken away before any of them changes and comes back last.</param>
public sealed record ExportItem(Digest Digest, bool Executable, string Destination, bool Vouches = false);

/// <summary>Exports files; a stamp file remembers what was written, so that a destination that nobody touched costs one stat.</summary>
/// <param name="store">Where content comes from.</param>
/// <param name="stampFile">Where the stamps of the destinations are kept.</param>
public sealed class Exporter(ContentStore store, string stampFile)
{
    private readonly Func<string, string, int> _rename = Posix.Rename;

    /// <summary>As the other; renames by <paramref name="rename"/>, so that a test can end an exchange in between.</summary>
    internal Exporter(ContentStore store, string stampFile, Func<string, string, int> rename)
        : this(store, stampFile) => _rename = rename;

    /// <summary>Whether all that was exported with this stamp file is there as it was left.</summary>
    public static bool Stands(string stampFile) => Stamps(stampFile).Stand();

    /// <summary>
    /// Brings all destinations to the wanted content. All new files are written beside them first; only then they are put into their places, one rename each. So a
    /// failure leaves the old ones, and a death between two renames leaves no file that vouches for others, and no stamp: the next call looks at all of them.
    /// </summary>
    /// <returns>How many had to be written.</returns>
    /// <exception cref="ContentMissingException">An object is absent, or was found damaged while it was copied (and is removed).</exception>
    /// <exception cref="DiskFullException">No space; the message has the numbers, and the destinations are as before.</exception>
    public Task<int> ExportAsync(IReadOnlyList<ExportItem> items, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var stamps = Stamps(stampFile);
            var prepared = new List<Prepared>();
            try
            {
                foreach (var item in items)
                {
                    var path = Path.GetFullPath(item.Destination);
                    RemoveAbandoned(path);
                    if (Posix.TryStat(path, out var stat) && stat.IsFile && stamps.TryGet(path, stat) == item.Digest.Hash && stat.IsExecutable == item.Executable)
                        continue;
                    prepared.Add(new Prepared(item, path));
                    Prepare(prepared[^1], cancellationToken);
                }

                cancellationToken.ThrowIfCancellationRequested();
                Exchange(prepared, stamps);
            }
            finally
            {
                foreach (var file in prepared)
                    File.Delete(file.Temporary);
            }

            return prepared.Count;
        },
        cancellationToken);

    // Files are synced before they are recorded, so stamps hold across boots.
    private static FileHashes Stamps(string stampFile) => new(CheckedFile.Read(stampFile, Remembered.FileList.Parser));

    private void Prepare(Prepared file, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
            if (Directory.Exists(file.Path))
                throw new StoreException($"`{file.Path}` is a folder where a file is to be written; remove it");
            File.Delete(file.Temporary);
            store.Objects.CopyOut(file.Item.Digest, file.Temporary, cancellationToken);
            Posix.ChangeMode(file.Temporary, file.Item.Executable ? 0x1edu : 0x1a4u);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            // Removed before the free space is counted.
            File.Delete(file.Temporary);
            throw DiskSpace.Full(file.Path, file.Item.Digest.SizeBytes, problem);
        }
    }

    private void Exchange(List<Prepared> files, FileHashes stamps)
    {
        if (files.Count == 0)
            return;
        // Its folder may not be there yet.
        if (File.Exists(stampFile))
            File.Delete(stampFile);
        foreach (var file in files.Where(file => file.Item.Vouches))
            File.Delete(file.Path);
        foreach (var file in files.OrderBy(file => file.Item.Vouches))
        {
            var error = _rename(file.Temporary, file.Path);
            if (error != 0)
                throw Posix.Failure(error, "rename", file.Path);
        }

        // A stamp says that the file is there as it was left, also after a power failure: so first it is.
        foreach (var place in files.Select(file => file.Path).Concat(files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct()))
            Posix.SyncToDisk(place);
        foreach (var file in files)
            stamps.Set(file.Path, Posix.Stat(file.Path), file.Item.Digest.Hash);
        try
        {
            CheckedFile.Write(stampFile, stamps.ToList());
        }
        catch (DiskFullException)
        {
            // Without it the next call looks at what is there, and says so if the disk is still full.
        }
    }

    /// <summary>Removes what killed exports left beside a destination.</summary>
    private static void RemoveAbandoned(string path)
    {
        var (folder, prefix) = (Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.");
        if (!Directory.Exists(folder))
            return;
        foreach (var left in Directory.EnumerateFiles(folder, $"{prefix}*{Ending}"))
        {
            if (int.TryParse(Path.GetFileName(left).AsSpan()[prefix.Length..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && !Directory.Exists($"/proc/{owner}"))
                File.Delete(left);
        }
    }

    private const string Ending = ".partial";

    private sealed record Prepared(ExportItem Item, string Path)
    {
        /// <summary>Beside the destination, so that a rename puts it there; the name tells whose it is.</summary>
        internal string Temporary { get; } = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, string.Create(CultureInfo.InvariantCulture, $".{System.IO.Path.GetFileName(Path)}.{Environment.ProcessId}{Ending}"));
    }
}
