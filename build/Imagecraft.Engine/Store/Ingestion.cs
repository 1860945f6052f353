// Takes files and folders from disk into the store. Unaware of what made them.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>What comes in: each file is hashed, and becomes an object by a rename or a copy.</summary>
internal sealed class Ingestion(StoreFolder store, ObjectTrust trust, ObjectStore objects, TreeNodes nodes, LostAttributes attributes)
{
    /// <exception cref="StoreException">Not a regular file.</exception>
    internal Task<Digest> PutFileAsync(string path, bool executable, bool move, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = store.Enter();
            var stat = Posix.Stat(path);
            if (!stat.IsFile)
                throw new StoreException($"`{path}` is {stat.KindName}, which cannot be stored as a file");
            var digest = Ingest(path, stat, executable, move, cancellationToken);
            if (move)
                File.Delete(path);
            return digest;
        },
        cancellationToken);

    /// <exception cref="StoreException">Something in it cannot be stored; the path is named.</exception>
    internal Task<Digest> PutTreeAsync(string folder, bool move, Unstorable unstorable, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = store.Enter();
            var path = Path.GetFullPath(folder);
            var root = Scan(path, Posix.Stat(path), move, unstorable, cancellationToken);
            var files = new List<ScannedFile>();
            root.Collect(files);
            // Chunks in folder order keep neighbours on one core and the directory cache warm.
            Parallel.ForEach(Partitioner.Create(0, Math.Max(files.Count, 1), Math.Clamp(files.Count / 16, 1, 512)), AllCores.Until(cancellationToken), range =>
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
            attributes.RefuseAttributes(path);
        foreach (var name in FolderNames.Of(path))
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
                    attributes.RefuseAttributes(child);
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
                    throw new StoreException(UnreadableLink(child));
            }
            else if (unstorable == Unstorable.Refused)
            {
                throw new StoreException($"`{child}` is {stat.KindName}, which a tree cannot hold; remove it or leave it out of the outputs");
            }
        }

        return folder;
    }

    /// <summary>What is said of a link whose text is not UTF-8, the only form that trees have.</summary>
    internal static string UnreadableLink(string path) => $"The target of the symbolic link `{path}` is not UTF-8, so a tree cannot hold it; make the link anew with a name in UTF-8, or remove it";

    private Digest PutScanned(ScannedFolder folder)
    {
        foreach (var file in folder.Files)
            folder.Node.Files.Add(new Reapi.FileNode { Name = file.Name, Digest = file.Digest.ToReapi(), IsExecutable = file.Stat.IsExecutable, NodeProperties = NodeModes.OfFile(file.Stat.Mode) });
        foreach (var (name, child) in folder.Folders)
            folder.Node.Directories.Add(new Reapi.DirectoryNode { Name = name, Digest = PutScanned(child).ToReapi() });
        return nodes.Put(folder.Node);
    }

    private Digest Ingest(string path, in FileStat stat, bool executable, bool move, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (move && (stat.Mode & 0x100) == 0)
            Posix.ChangeMode(path, 0x180);
        using var source = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var digest = Hashing.Hash(source, cancellationToken);
        if (trust.Holds(digest, executable, full: false))
            return digest;
        // A file with a second name elsewhere must not become an object: who writes through that name would damage it.
        if (move && stat.Links == 1 && objects.Adopt(digest, executable, path))
            return digest;

        var temporary = store.TemporaryPath();
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

        objects.Publish(digest, executable, temporary);
        return digest;
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
