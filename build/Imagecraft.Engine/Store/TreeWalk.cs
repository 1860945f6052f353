// Lists what a stored tree holds. Unaware of disks and mounts.

using Imagecraft.Engine.Content;

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
public sealed record TreeEntry(string Path, TreeEntryKind Kind, Digest Digest, bool Executable, string? Target)
{
    /// <summary>The mode that a file carries; null for an ordinary one, and for folders, whose own node has it: <see cref="TreeWalk.Mode"/>.</summary>
    public uint? UnixMode { get; init; }

    internal static TreeEntry Of(string prefix, Reapi.FileNode file) =>
        new(prefix + file.Name, TreeEntryKind.File, file.Digest.ToDigest(), file.IsExecutable, null) { UnixMode = file.NodeProperties?.UnixMode };

    internal static TreeEntry Of(string prefix, Reapi.DirectoryNode folder) => new(prefix + folder.Name, TreeEntryKind.Folder, folder.Digest.ToDigest(), false, null);

    internal static TreeEntry Of(string prefix, Reapi.SymlinkNode link) => new(prefix + link.Name, TreeEntryKind.Symlink, Digest.Empty, false, link.Target);
}

/// <summary>Reads stored trees.</summary>
public static class TreeWalk
{
    /// <summary>All entries below the root, each folder before what it holds, siblings sorted by the bytes of their names.</summary>
    /// <exception cref="ContentMissingException">A node is gone.</exception>
    public static IEnumerable<TreeEntry> Entries(IContentStore store, Digest tree) => Below(store, tree, "");

    /// <summary>The entry at a path (leading slash or not), links not followed; null when nothing is there.</summary>
    public static TreeEntry? Find(IContentStore store, Digest tree, string path)
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

    /// <summary>Permission bits with set-uid, set-gid and sticky that a file or folder is meant to have; 0644, 0755 for programs and folders, unless it carries another mode.</summary>
    /// <exception cref="ContentMissingException">A folder's node is gone.</exception>
    public static uint Mode(IContentStore store, TreeEntry entry) => entry.Kind switch
    {
        TreeEntryKind.Folder => FolderMode(store, entry) ?? NodeModes.PlainFolder,
        TreeEntryKind.File => entry.UnixMode ?? (entry.Executable ? NodeModes.Program : NodeModes.PlainFile),
        _ => 0x1ff,
    };

    /// <summary>The mode that a folder carries; null for an ordinary one.</summary>
    /// <exception cref="ContentMissingException">Its node is gone.</exception>
    public static uint? FolderMode(IContentStore store, TreeEntry folder) => store.GetDirectory(folder.Digest).NodeProperties?.UnixMode;

    /// <summary>Whether the entry is a folder in which nothing lies.</summary>
    /// <exception cref="ContentMissingException">Its node is gone.</exception>
    public static bool IsEmptyFolder(IContentStore store, TreeEntry entry) => entry.Kind == TreeEntryKind.Folder && IsEmpty(store.GetDirectory(entry.Digest));

    internal static bool IsEmpty(Reapi.Directory folder) => folder.Files.Count + folder.Directories.Count + folder.Symlinks.Count == 0;

    /// <summary>The entries of one folder, sorted by the bytes of their names.</summary>
    internal static List<TreeEntry> Children(IContentStore store, Digest folder, string prefix)
    {
        var node = store.GetDirectory(folder);
        var children = new List<TreeEntry>(node.Files.Count + node.Directories.Count + node.Symlinks.Count);
        foreach (var file in node.Files)
            children.Add(TreeEntry.Of(prefix, file));
        foreach (var sub in node.Directories)
            children.Add(TreeEntry.Of(prefix, sub));
        foreach (var link in node.Symlinks)
            children.Add(TreeEntry.Of(prefix, link));
        children.Sort(static (left, right) => DirectoryForm.CompareNames(left.Path, right.Path));
        return children;
    }

    private static IEnumerable<TreeEntry> Below(IContentStore store, Digest folder, string prefix)
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
