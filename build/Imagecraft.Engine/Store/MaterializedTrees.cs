// Makes a folder of a tree by hard links, once, and checks one that exists. Unaware of who mounts it.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Folders of trees below `trees/`.</summary>
/// <remarks>
/// Files have mode 0444 or 0555 and the fixed time stamp, folders 0755 and the same time stamp. An entry that carries a mode has that one
/// (<see cref="NodeModes"/>), for which a file is a copy of its own. Every object is hashed before it enters a
/// tree (once for each process); a tree that exists is compared by stat with what it should be, once for each process.
/// </remarks>
internal sealed class MaterializedTrees
{
    private readonly ConcurrentDictionary<string, bool> _swept = new();
    private readonly StoreFolder _folder;
    private readonly ObjectTrust _trust;
    private readonly ObjectStore _objects;
    private readonly TreeNodes _nodes;
    private readonly Leases _leases;
    private readonly Durability _durability;

    internal MaterializedTrees(StoreFolder folder, ObjectTrust trust, ObjectStore objects, TreeNodes nodes, Leases leases, Durability durability)
    {
        (_folder, _trust, _objects, _nodes, _leases, _durability) = (folder, trust, objects, nodes, leases, durability);
        // Any tree may have a name of what was damaged.
        trust.Removed += (_, _) => _swept.Clear();
    }

    /// <summary>A folder with the tree's content, made of hard links to the objects, once for all builds. Mount it read-only: its files are the objects.</summary>
    /// <exception cref="ContentMissingException">Objects are absent or damaged; all of them are named, the damaged ones and the tree are removed.</exception>
    internal Task<string> MaterializeAsync(Digest tree, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = _folder.Enter();
            _leases.Current?.Keep(tree);
            var path = _folder.TreePath(tree);
            if (_swept.ContainsKey(tree.Hash) && Posix.TryStat(path, out _))
                return path;
            var entries = Flatten(tree);
            if (!Posix.TryStat(path, out _) || !Sweep(path, entries, cancellationToken))
                Build(path, entries, cancellationToken);
            _swept[tree.Hash] = true;
            return path;
        },
        cancellationToken);

    /// <summary>Takes a materialized tree from its place: renamed, so that nobody ever sees a part of it under its name. It goes with this object, since an action may still have it mounted.</summary>
    internal void Remove(string path) => _ = Posix.Rename(path, _folder.TemporaryPath());

    /// <summary>Hashes a materialized tree's files as far as they are not objects that were just hashed; false (and removed) when something is wrong.</summary>
    internal bool Verify(string path, CancellationToken cancellationToken)
    {
        try
        {
            var hash = Path.GetFileName(path);
            var root = new Digest(hash, Posix.Stat(_folder.ObjectPath(new Digest(hash, 0), executable: false)).Size);
            var folders = Flatten(root);
            if (Sweep(path, folders, cancellationToken) && folders.All(folder => folder.Node.Files.All(file => IsRight($"{path}{folder.Path}/{file.Name}", file))))
                return true;
        }
        catch (Exception problem) when (problem is ContentMissingException or FileNotFoundException)
        {
            // A node is gone, so nothing can use the folder.
        }

        if (Posix.TryStat(path, out _))
            Remove(path);
        return false;

        bool IsRight(string file, Reapi.FileNode node)
        {
            var digest = node.Digest.ToDigest();
            return (_trust.HashedHere(digest, node.IsExecutable) && Posix.TryStat(_folder.ObjectPath(digest, node.IsExecutable), out var known) && known.Inode == Posix.Stat(file).Inode)
                || Hashing.OfFile(file, cancellationToken) == digest;
        }
    }

    /// <summary>The tree's folders by relative path, parents first.</summary>
    private List<(string Path, Reapi.Directory Node)> Flatten(Digest tree)
    {
        var folders = new List<(string, Reapi.Directory)>();
        Visit("", tree);
        return folders;

        void Visit(string path, Digest digest)
        {
            var node = _nodes.Get(digest);
            folders.Add((path, node));
            foreach (var child in node.Directories)
                Visit($"{path}/{child.Name}", child.Digest.ToDigest());
        }
    }

    private void Build(string path, List<(string Path, Reapi.Directory Node)> folders, CancellationToken cancellationToken)
    {
        var temporary = _folder.TemporaryPath();
        var missing = new ConcurrentDictionary<Digest, bool>();
        try
        {
            foreach (var (relative, _) in folders)
            {
                Posix.MakeFolder(temporary + relative);
                Posix.ChangeMode(temporary + relative, NodeModes.PlainFolder);
            }

            Parallel.ForEach(folders, AllCores.Until(cancellationToken), folder => Fill(temporary + folder.Path, folder.Node, missing));
            if (!missing.IsEmpty)
                throw new ContentMissingException([.. missing.Keys]);
            foreach (var (relative, node) in folders)
            {
                if (node.NodeProperties is not null)
                    Posix.ChangeMode(temporary + relative, NodeModes.Shown(node));
                Posix.SetTime(temporary + relative, ObjectForm.Time);
            }

            // Whoever comes second finds the first one's tree at the place and uses it: both are the same.
            var error = AtomicFile.TryPlace(temporary, path);
            if (error is not (0 or Posix.EEXIST or Posix.ENOTEMPTY))
                throw Posix.Failure(error, "rename", path);
            _durability.NoteWrite();
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            throw DiskSpace.Full(path, 0, problem);
        }
        finally
        {
            FolderRemoval.Remove(temporary);
        }
    }

    private void Fill(string folder, Reapi.Directory node, ConcurrentDictionary<Digest, bool> missing)
    {
        foreach (var link in node.Symlinks)
        {
            Posix.Symlink(link.Target, $"{folder}/{link.Name}");
            Posix.SetTime($"{folder}/{link.Name}", ObjectForm.Time);
        }

        foreach (var file in node.Files)
        {
            var digest = file.Digest.ToDigest();
            try
            {
                var source = _objects.PathOf(digest, file.IsExecutable);
                // Names of one object share its mode, so a file with another one is a copy.
                var mode = NodeModes.Shown(file);
                var error = mode is null ? Posix.Link(source, $"{folder}/{file.Name}") : Posix.EMLINK;
                // ext4 allows 65,000 names for one inode: the next one is a copy.
                if (error is Posix.EMLINK)
                    CopyObject(source, $"{folder}/{file.Name}", mode ?? ObjectForm.Mode(file.IsExecutable), digest.SizeBytes);
                else if (error != 0)
                    throw Posix.Failure(error, "link", $"{folder}/{file.Name}");
            }
            catch (ContentMissingException)
            {
                missing[digest] = true;
            }
        }
    }

    private static void CopyObject(string source, string path, uint mode, long size)
    {
        ObjectStore.CopyFile(source, path, size);
        Posix.ChangeMode(path, mode);
        Posix.SetTime(path, ObjectForm.Time);
    }

    /// <summary>Compares a materialized tree by stat with what it should be. False: it was not, and is removed, but all objects are right.</summary>
    private bool Sweep(string path, List<(string Path, Reapi.Directory Node)> folders, CancellationToken cancellationToken)
    {
        var suspects = new ConcurrentDictionary<(Digest Digest, bool Executable), bool>();
        var whole = true;
        Parallel.ForEach(folders, AllCores.Until(cancellationToken), folder =>
        {
            var fits = Posix.TryStat(path + folder.Path, out var stat) && stat.IsFolder && ObjectForm.HasTime(stat) && stat.Mode == NodeModes.Shown(folder.Node);
            foreach (var file in folder.Node.Files)
            {
                if (Posix.TryStat($"{path}{folder.Path}/{file.Name}", out stat) && stat.IsFile && stat.Size == file.Digest.SizeBytes
                    && ObjectForm.HasTime(stat) && stat.Mode == (NodeModes.Shown(file) ?? ObjectForm.Mode(file.IsExecutable)))
                    continue;
                fits = false;
                suspects[(file.Digest.ToDigest(), file.IsExecutable)] = true;
            }

            foreach (var link in folder.Node.Symlinks)
                fits &= Posix.TryStat($"{path}{folder.Path}/{link.Name}", out stat) && stat.IsSymlink && ObjectForm.HasTime(stat);
            if (!fits)
                Volatile.Write(ref whole, false);
        });
        if (whole)
            return true;
        Remove(path);
        var damaged = suspects.Keys.Where(suspect => !_trust.Recheck(suspect.Digest, suspect.Executable, cancellationToken)).Select(suspect => suspect.Digest).Distinct().ToList();
        return damaged.Count == 0 ? false : throw new ContentMissingException([.. damaged]);
    }
}
