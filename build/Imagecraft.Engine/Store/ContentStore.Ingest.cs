// Takes files and folders from disk into the store. Unaware of what made them.

using System.Collections.Concurrent;
using System.IO.Enumeration;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>Stores a file.</summary>
    /// <param name="path">The file; symbolic links are not followed.</param>
    /// <param name="executable">Store it as executable, so that its use needs no second copy.</param>
    /// <param name="move">The file is given away: it becomes the object without a copy when it lies on the store's file system, and is gone afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">Not a regular file.</exception>
    public Task<Digest> PutFileAsync(string path, bool executable, bool move, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = _gate.Enter();
            var stat = Posix.Stat(path);
            if (!stat.IsFile)
                throw new StoreException($"`{path}` is {stat.KindName}, which cannot be stored as a file");
            var digest = Ingest(path, stat, executable, move, cancellationToken);
            if (move)
                File.Delete(path);
            return digest;
        },
        cancellationToken);

    /// <summary>Stores a folder with all regular files (executable when any x bit is set), symbolic links, empty folders, and the modes that are not ordinary (<see cref="NodeModes"/>).</summary>
    /// <returns>The digest of the root <c>Directory</c>.</returns>
    /// <param name="folder">The folder.</param>
    /// <param name="move">The folder is given away: files become objects without a copy when they lie on the store's file system, and the folder is gone afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">A device, socket or named pipe, a name or link target that is not UTF-8, or an extended attribute that a tree cannot hold; the path is named.</exception>
    public Task<Digest> PutTreeAsync(string folder, bool move, CancellationToken cancellationToken) => PutTreeAsync(folder, move, Unstorable.Refused, cancellationToken);

    /// <summary>As the other; what a tree cannot hold is left out when <paramref name="unstorable"/> says so.</summary>
    internal Task<Digest> PutTreeAsync(string folder, bool move, Unstorable unstorable, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = _gate.Enter();
            var path = Path.GetFullPath(folder);
            var root = Scan(path, Posix.Stat(path), move, unstorable, cancellationToken);
            var files = new List<ScannedFile>();
            root.Collect(files);
            // Chunks in folder order keep neighbours on one core and the directory cache warm.
            Parallel.ForEach(Partitioner.Create(0, Math.Max(files.Count, 1), Math.Clamp(files.Count / 16, 1, 512)), Parallelism(cancellationToken), range =>
            {
                for (var i = range.Item1; i < Math.Min(range.Item2, files.Count); i++)
                    files[i].Digest = Ingest(files[i].Path, files[i].Stat, files[i].Stat.IsExecutable, move, cancellationToken);
            });
            var digest = PutScanned(root);
            if (move)
                FolderRemoval.Remove(path);
            return digest;
        },
        cancellationToken);

    private ScannedFolder Scan(string path, in FileStat own, bool move, Unstorable unstorable, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = new ScannedFolder { Node = { NodeProperties = NodeModes.OfFolder(own.Mode) } };
        if (move && (own.Mode & 0x1c0) != 0x1c0)
            Posix.ChangeMode(path, 0x1c0);
        if (unstorable == Unstorable.Refused)
            RefuseAttributes(path);
        foreach (var name in Names(path))
        {
            var child = $"{path}/{name}";
            if (!Posix.TryStat(child, out var stat))
            {
                if (unstorable == Unstorable.Refused)
                    throw new StoreException(name.Contains('\uFFFD', StringComparison.Ordinal) ? $"The name of `{child}` is not UTF-8; rename it" : $"`{child}` vanished while it was stored");
            }
            else if (stat.IsFile)
            {
                if (unstorable == Unstorable.Refused)
                    RefuseAttributes(child);
                folder.Files.Add(new ScannedFile(child, name, stat));
            }
            else if (stat.IsFolder)
            {
                folder.Folders.Add((name, Scan(child, stat, move, unstorable, cancellationToken)));
            }
            else if (stat.IsSymlink)
            {
                if (Posix.TryReadLink(child) is { } target)
                    folder.Node.Symlinks.Add(new Reapi.SymlinkNode { Name = name, Target = target });
                else if (unstorable == Unstorable.Refused)
                    throw Posix.UnreadableLink(child);
            }
            else if (unstorable == Unstorable.Refused)
            {
                throw new StoreException($"`{child}` is {stat.KindName}, which a tree cannot hold; remove it or leave it out of the outputs");
            }
        }

        return folder;
    }

    internal static FileSystemEnumerable<string> Names(string folder) =>
        new(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false });

    private Digest PutScanned(ScannedFolder folder)
    {
        foreach (var file in folder.Files)
            folder.Node.Files.Add(new Reapi.FileNode { Name = file.Name, Digest = file.Digest.ToReapi(), IsExecutable = file.Stat.IsExecutable, NodeProperties = NodeModes.OfFile(file.Stat.Mode) });
        foreach (var (name, child) in folder.Folders)
            folder.Node.Directories.Add(new Reapi.DirectoryNode { Name = name, Digest = PutScanned(child).ToReapi() });
        return PutDirectory(folder.Node);
    }

    private Digest Ingest(string path, in FileStat stat, bool executable, bool move, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (move && (stat.Mode & 0x100) == 0)
            Posix.ChangeMode(path, 0x180);
        using var source = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var digest = Hashing.Hash(source, cancellationToken);
        if (Trusted(digest, executable, full: false))
            return digest;
        // A file with a second name elsewhere must not become an object: who writes through that name would damage it.
        if (move && stat.Links == 1 && Adopt(digest, executable, path))
            return digest;

        var temporary = TemporaryPath();
        try
        {
            using var destination = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            // Hashed again while copied: a file that changes meanwhile must not get a name it does not deserve.
            digest = Hashing.HashAndCopy(source, destination, cancellationToken);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            File.Delete(temporary);
            throw DiskSpace.Full(temporary, digest.SizeBytes, problem);
        }

        Publish(digest, executable, temporary);
        return digest;
    }

    private bool Adopt(Digest digest, bool executable, string path)
    {
        Posix.ChangeMode(path, _modes[executable ? 1 : 0]);
        Posix.SetTime(path, FixedTime);
        var error = TryPlace(path, ObjectPath(digest, executable));
        if (error == Posix.EXDEV)
            return false;
        if (error != 0)
            throw Posix.Failure(error, "rename", path);
        _hashed[(digest.Hash, executable)] = true;
        NoteWrite();
        return true;
    }

    private sealed class ScannedFile(string path, string name, FileStat stat)
    {
        internal string Path => path;

        internal string Name => name;

        internal FileStat Stat => stat;

        internal Digest Digest { get; set; }
    }

    private sealed class ScannedFolder
    {
        internal List<ScannedFile> Files { get; } = [];

        internal List<(string Name, ScannedFolder Folder)> Folders { get; } = [];

        internal Reapi.Directory Node { get; } = new();

        internal void Collect(List<ScannedFile> all)
        {
            all.AddRange(Files);
            foreach (var (_, folder) in Folders)
                folder.Collect(all);
        }
    }
}
