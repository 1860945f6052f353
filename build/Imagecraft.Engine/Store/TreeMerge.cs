// Lays trees and files over each other, as Merkle trees only. Unaware of disks and mounts.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>Merges content at mount paths to one tree.</summary>
public static class TreeMerge
{
    private static readonly ConditionalWeakTable<IContentStore, ConcurrentDictionary<(Digest Lower, Digest Upper), Digest>> _memories = [];

    /// <summary>The root of the merged tree; later inputs lie on top of earlier ones, and all nodes of it are stored.</summary>
    /// <remarks>
    /// A symbolic link below is followed, within the merged tree, where something above needs a folder at its place: with `/lib -> usr/lib`
    /// below, `/lib/x` above becomes `/usr/lib/x`. Sub-trees that have nothing laid over them are never read. A folder has the mode of the last
    /// input whose folder carries one: an ordinary one above only leads to what lies in it.
    /// </remarks>
    /// <exception cref="StoreException">A file or link over a folder, or a folder over a file; the path is named.</exception>
    /// <exception cref="ContentMissingException">A node of an input is gone.</exception>
    public static Digest Merge(IContentStore store, IEnumerable<(string MountPath, OutputValue Value)> inputs) =>
        Merge(store, inputs, out _);

    /// <summary>As the other, with folders at the paths of <paramref name="folders"/>: empty ones where nothing is.</summary>
    public static Digest Merge(IContentStore store, IEnumerable<(string MountPath, OutputValue Value)> inputs, IEnumerable<string> folders)
    {
        var tree = Mounted(store, inputs);
        foreach (var folder in folders)
            tree.MakeFolder(folder);
        return tree.Seal();
    }

    /// <summary>As the other, and tells whether a link was followed: then an overlay mount of the same inputs shows something else than the merged tree.</summary>
    public static Digest Merge(IContentStore store, IEnumerable<(string MountPath, OutputValue Value)> inputs, out bool followedLinks)
    {
        var tree = Mounted(store, inputs);
        followedLinks = tree.LinksFollowed > 0;
        return tree.Seal();
    }

    private static MergingTree Mounted(IContentStore store, IEnumerable<(string MountPath, OutputValue Value)> inputs)
    {
        var tree = new MergingTree(store, _memories.GetOrCreateValue(store));
        foreach (var (path, value) in inputs)
            tree.Mount(path, value);
        return tree;
    }
}
