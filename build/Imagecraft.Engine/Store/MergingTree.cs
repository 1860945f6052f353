// A tree that grows by laying others over it; nodes are read only where two meet. Unaware of what the trees are for.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

internal sealed class MergingTree(IContentStore store, ConcurrentDictionary<(Digest Lower, Digest Upper), Digest> memory)
{
    private const int MaximumLinks = 40;
    private readonly Folder _root = new(null, "");

    /// <summary>How many links below had to be followed.</summary>
    internal int LinksFollowed { get; private set; }

    internal void Mount(string path, OutputValue value)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (value.Kind == OutputKind.Tree)
        {
            Lay(Walk(_root, names), value.Digest);
            return;
        }

        if (names.Length == 0)
            throw new StoreException("A file cannot be mounted at `/`; give it a path");
        SetFile(Walk(_root, names[..^1]), new Reapi.FileNode { Name = names[^1], Digest = value.Digest.ToReapi(), IsExecutable = value.Executable });
    }

    internal Digest Seal() => Seal(_root);

    /// <summary>Makes a folder at <paramref name="path"/> where nothing is.</summary>
    internal void MakeFolder(string path) => Walk(_root, path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    private Digest Seal(Folder folder)
    {
        if (folder.Children is null)
            return folder.Original ?? store.PutDirectory(new Reapi.Directory());
        var node = new Reapi.Directory { NodeProperties = folder.Properties };
        foreach (var (name, child) in folder.Children)
        {
            switch (child)
            {
                case Folder sub:
                    node.Directories.Add(new Reapi.DirectoryNode { Name = name, Digest = Seal(sub).ToReapi() });
                    break;
                case Reapi.FileNode file:
                    node.Files.Add(file);
                    break;
                case Reapi.SymlinkNode link:
                    node.Symlinks.Add(link);
                    break;
            }
        }

        return store.PutDirectory(node);
    }

    /// <summary>The folder at the path from <paramref name="start"/>, through links; made where nothing is.</summary>
    private Folder Walk(Folder start, IEnumerable<string> names)
    {
        var folder = start;
        var links = 0;
        var rest = new Stack<string>(names.Reverse());
        while (rest.TryPop(out var name))
        {
            if (name is ".")
                continue;
            if (name is "..")
            {
                folder = folder.Parent ?? folder;
                continue;
            }

            var children = Open(folder);
            switch (children.GetValueOrDefault(name))
            {
                case null:
                    var made = new Folder(folder, name) { Children = new(StringComparer.Ordinal) };
                    children.Add(name, made);
                    folder = made;
                    break;
                case Folder sub:
                    folder = sub;
                    break;
                case Reapi.SymlinkNode link:
                    LinksFollowed++;
                    if (++links > MaximumLinks)
                        throw new StoreException($"`{folder.Path}/{name}` is a symbolic link that leads in a circle");
                    foreach (var part in link.Target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                        rest.Push(part);
                    if (link.Target.StartsWith('/'))
                        folder = _root;
                    break;
                default:
                    throw Conflict(folder, name, "a file", "a folder");
            }
        }

        return folder;
    }

    private void Lay(Folder folder, Digest upper)
    {
        if (folder.Children is null && folder.Original == upper)
            return;
        if (folder.Children is null or { Count: 0 } && folder.Original is null)
        {
            folder.Original = upper;
            folder.Children = null;
            return;
        }

        var lower = folder.Children is null ? folder.Original : null;
        if (lower is { } below && memory.TryGetValue((below, upper), out var known) && store.Remembers(known))
        {
            folder.Original = known;
            return;
        }

        var followed = LinksFollowed;
        LayChildren(folder, store.GetDirectory(upper));
        // What a link leads to depends on the rest of the tree, so such a merge is not remembered.
        if (lower is { } under && followed == LinksFollowed)
            memory[(under, upper)] = Seal(folder);
    }

    private void LayChildren(Folder folder, Reapi.Directory upper)
    {
        var children = Open(folder);
        folder.Properties = upper.NodeProperties ?? folder.Properties;
        foreach (var file in upper.Files)
            SetFile(folder, file);
        foreach (var link in upper.Symlinks)
        {
            if (children.GetValueOrDefault(link.Name) is Folder)
                throw Conflict(folder, link.Name, "a folder", "a symbolic link");
            children[link.Name] = link;
        }

        foreach (var sub in upper.Directories)
        {
            switch (children.GetValueOrDefault(sub.Name))
            {
                case null:
                    children.Add(sub.Name, new Folder(folder, sub.Name) { Original = sub.Digest.ToDigest() });
                    break;
                case Folder existing:
                    Lay(existing, sub.Digest.ToDigest());
                    break;
                case Reapi.SymlinkNode:
                    Lay(Walk(folder, [sub.Name]), sub.Digest.ToDigest());
                    break;
                default:
                    throw Conflict(folder, sub.Name, "a file", "a folder");
            }
        }
    }

    private void SetFile(Folder folder, Reapi.FileNode file)
    {
        var children = Open(folder);
        if (children.GetValueOrDefault(file.Name) is Folder)
            throw Conflict(folder, file.Name, "a folder", "a file");
        children[file.Name] = file;
    }

    private Dictionary<string, object> Open(Folder folder)
    {
        if (folder.Children is { } known)
            return known;
        var children = new Dictionary<string, object>(StringComparer.Ordinal);
        if (folder.Original is { } original)
        {
            var node = store.GetDirectory(original);
            folder.Properties = node.NodeProperties;
            foreach (var file in node.Files)
                children.Add(file.Name, file);
            foreach (var link in node.Symlinks)
                children.Add(link.Name, link);
            foreach (var sub in node.Directories)
                children.Add(sub.Name, new Folder(folder, sub.Name) { Original = sub.Digest.ToDigest() });
        }

        return folder.Children = children;
    }

    private static StoreException Conflict(Folder folder, string name, string below, string above) =>
        new($"`{folder.Path}/{name}` is {below} in one input and {above} in a later one; let only one of them have this path");

    /// <summary>A folder that is either untouched (<see cref="Original"/> only) or opened.</summary>
    private sealed class Folder(Folder? parent, string name)
    {
        internal Folder? Parent => parent;

        internal Digest? Original { get; set; }

        internal Dictionary<string, object>? Children { get; set; }

        /// <summary>Of an opened one.</summary>
        internal Reapi.NodeProperties? Properties { get; set; }

        internal string Path => parent is null ? "" : $"{parent.Path}/{name}";
    }
}
