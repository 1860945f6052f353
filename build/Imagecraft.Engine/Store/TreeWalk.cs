// Lists what a stored tree holds. Unaware of disks and mounts.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

/// <summary>What an entry of a tree is.</summary>
public enum TreeEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Symlink,
}

/// <summary>An entry of a tree.</summary>
/// <param name="Path">Relative to the tree's root, without a leading slash, e.g. <c>usr/bin/busybox</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Digest">Of the file, or of the folder's <c>Directory</c>; the digest of nothing for links.</param>
/// <param name="Executable">Of files.</param>
/// <param name="Target">The text of a link, null for others.</param>
public sealed record TreeEntry(string Path, TreeEntryKind Kind, Digest Digest, bool Executable, string? Target);

/// <summary>Reads stored trees.</summary>
public static class TreeWalk
{
    /// <summary>All entries below the root, each folder before what it holds, siblings sorted by the bytes of their names.</summary>
    /// <exception cref="ContentMissingException">A node is gone.</exception>
    public static IEnumerable<TreeEntry> Entries(ContentStore store, Digest tree) => Below(store, tree, "");

    /// <summary>The entry at a path (leading slash or not), links not followed; null when nothing is there.</summary>
    public static TreeEntry? Find(ContentStore store, Digest tree, string path)
    {
        TreeEntry? entry = null;
        var folder = tree;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry is { Kind: not TreeEntryKind.Folder })
                return null;
            entry = Children(store, folder, entry is null ? "" : entry.Path + "/").FirstOrDefault(child => child.Path.AsSpan(child.Path.LastIndexOf('/') + 1).SequenceEqual(name));
            if (entry is null)
                return null;
            folder = entry.Digest;
        }

        return entry;
    }

    /// <summary>The entries of one folder, sorted by the bytes of their names.</summary>
    internal static List<TreeEntry> Children(ContentStore store, Digest folder, string prefix)
    {
        var node = store.GetDirectory(folder);
        var children = new List<TreeEntry>(node.Files.Count + node.Directories.Count + node.Symlinks.Count);
        foreach (var file in node.Files)
            children.Add(new TreeEntry(prefix + file.Name, TreeEntryKind.File, file.Digest.ToDigest(), file.IsExecutable, null));
        foreach (var sub in node.Directories)
            children.Add(new TreeEntry(prefix + sub.Name, TreeEntryKind.Folder, sub.Digest.ToDigest(), false, null));
        foreach (var link in node.Symlinks)
            children.Add(new TreeEntry(prefix + link.Name, TreeEntryKind.Symlink, Digest.Empty, false, link.Target));
        children.Sort(static (left, right) => DirectoryForm.CompareNames(left.Path, right.Path));
        return children;
    }

    private static IEnumerable<TreeEntry> Below(ContentStore store, Digest folder, string prefix)
    {
        foreach (var child in Children(store, folder, prefix))
        {
            yield return child;
            if (child.Kind != TreeEntryKind.Folder)
                continue;
            foreach (var entry in Below(store, child.Digest, child.Path + "/"))
                yield return entry;
        }
    }
}
