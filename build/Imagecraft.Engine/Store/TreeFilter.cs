// Trees with fewer entries, and trees below a path. Unaware of disks and mounts.

using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>Derives trees by leaving entries out.</summary>
public static class TreeFilter
{
    /// <summary>The tree without the entries that <paramref name="drop"/> says, and without anything below them. Other folders stay, also when they become empty.</summary>
    public static Digest Drop(IContentStore store, Digest tree, Func<TreeEntry, bool> drop) =>
        store.PutDirectory(Filter(store, tree, "", entry => !drop(entry), prune: true));

    /// <summary>The tree with only the files, links and folders that <paramref name="keep"/> says, and the folders that lead to them; all keep their modes.</summary>
    public static Digest Select(IContentStore store, Digest tree, Func<TreeEntry, bool> keep) =>
        store.PutDirectory(Filter(store, tree, "", keep, prune: false));

    /// <summary>Filters one folder; with <paramref name="prune"/>, what lies below a folder that is not kept is not looked at.</summary>
    private static Reapi.Directory Filter(IContentStore store, Digest folder, string prefix, Func<TreeEntry, bool> keep, bool prune)
    {
        var node = store.GetDirectory(folder);
        var result = new Reapi.Directory { NodeProperties = node.NodeProperties };
        result.Files.AddRange(node.Files.Where(file => keep(TreeEntry.Of(prefix, file))));
        result.Symlinks.AddRange(node.Symlinks.Where(link => keep(TreeEntry.Of(prefix, link))));
        foreach (var sub in node.Directories)
        {
            var kept = keep(TreeEntry.Of(prefix, sub));
            if (!kept && prune)
                continue;
            var filtered = Filter(store, sub.Digest.ToDigest(), $"{prefix}{sub.Name}/", keep, prune);
            if (kept || !TreeWalk.IsEmpty(filtered))
                result.Directories.Add(new Reapi.DirectoryNode { Name = sub.Name, Digest = store.PutDirectory(filtered).ToReapi() });
        }

        return result;
    }
}

/// <summary>Puts content below a path, and takes what is below a path.</summary>
public static class TreePrefix
{
    /// <summary>A tree with <paramref name="value"/> at <paramref name="path"/> and nothing else.</summary>
    public static Digest Add(IContentStore store, string path, OutputValue value) => TreeMerge.Merge(store, [(path, value)]);

    /// <summary>What lies at <paramref name="path"/> of the tree; null when nothing or a link does.</summary>
    public static OutputValue? Take(IContentStore store, Digest tree, string path)
    {
        if (path.All(character => character == '/'))
            return new OutputValue(tree, OutputKind.Tree);
        return TreeWalk.Find(store, tree, path) switch
        {
            { Kind: TreeEntryKind.File } file => new OutputValue(file.Digest, OutputKind.File, file.Executable),
            { Kind: TreeEntryKind.Folder } folder => new OutputValue(folder.Digest, OutputKind.Tree),
            _ => null,
        };
    }
}
