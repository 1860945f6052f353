// What comes from elsewhere is not believed: digests, results and trees in the form that the store has them. Unaware of who sent them.

using System.Buffers;
using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Remote;

static class RemoteForm
{
    static readonly SearchValues<char> hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>A digest that may become a name of a file.</summary>
    /// <exception cref="RemoteException">It is none.</exception>
    public static Digest Checked(Reapi.Digest? digest) =>
        digest is { Hash.Length: 64, SizeBytes: >= 0 } && !digest.Hash.AsSpan().ContainsAnyExcept(hexadecimal)
            ? digest.ToDigest()
            : throw new RemoteException(RemoteFault.Wrong, "it answers with a digest that is none");

    /// <summary>Refuses a result that cannot be, or that another action has.</summary>
    /// <param name="result">What came.</param>
    /// <param name="inputRoot">What the action reads; null when nobody knows.</param>
    /// <exception cref="RemoteException">It is such a result.</exception>
    public static void Check(Reapi.ActionResult result, Digest? inputRoot)
    {
        foreach (var file in result.OutputFiles)
            Checked(file.Digest);
        foreach (var directory in result.OutputDirectories)
        {
            if (directory.RootDirectoryDigest is null && directory.TreeDigest is null)
                throw new RemoteException(RemoteFault.Wrong, $"its result has the folder `{directory.Path}` without content");
            foreach (var digest in new[] { directory.RootDirectoryDigest, directory.TreeDigest }.OfType<Reapi.Digest>())
                Checked(digest);
        }

        if (result.StdoutDigest is { } said)
            Checked(said);
        if (ActionCache.InputRootOf(result) is { } root && inputRoot is { } expected && root != expected)
            throw new RemoteException(RemoteFault.Wrong, "it answers with the result of another action");
    }

    /// <summary>All nodes below a root as one message, which is what servers can check for completeness.</summary>
    /// <exception cref="ContentMissingException">A node is gone.</exception>
    public static Reapi.Tree TreeOf(IContentStore store, Digest root)
    {
        var tree = new Reapi.Tree { Root = store.GetDirectory(root) };
        var seen = new HashSet<string> { root.Hash };
        var next = new Queue<Reapi.Directory>([tree.Root]);
        while (next.TryDequeue(out var node))
        {
            foreach (var child in node.Directories)
            {
                if (!seen.Add(child.Digest.Hash))
                    continue;
                var directory = store.GetDirectory(child.Digest.ToDigest());
                tree.Children.Add(directory);
                next.Enqueue(directory);
            }
        }

        return tree;
    }

    /// <summary>Stores all nodes of a tree in our form: children in order, modes only where they are not ordinary.</summary>
    /// <returns>The digest of the root in our form, which is that of the message when we made it.</returns>
    /// <exception cref="RemoteException">It is incomplete, or has names or digests that cannot be.</exception>
    public static Digest Take(Reapi.Tree tree, IContentStore store)
    {
        if (tree.Root is null)
            throw new RemoteException(RemoteFault.Wrong, "it sends a tree without a root");
        var given = new Dictionary<string, Reapi.Directory>();
        foreach (var child in tree.Children)
            given.TryAdd(child.DigestOf().Hash, child);
        var taken = new Dictionary<string, Digest>();
        // Without recursion: whoever sends it decides how deep it is.
        var open = new Stack<(Reapi.Directory Node, string Hash)>([(tree.Root, tree.Root.DigestOf().Hash)]);
        while (open.TryPeek(out var top))
        {
            var waiting = top.Node.Directories.Where(child => !taken.ContainsKey(Checked(child.Digest).Hash)).ToList();
            foreach (var child in waiting)
                open.Push((given.GetValueOrDefault(child.Digest.Hash) ?? EmptyOrMissing(child.Digest), child.Digest.Hash));
            if (waiting.Count > 0)
                continue;
            open.Pop();
            taken[top.Hash] = Put(top.Node, taken, store);
        }

        return taken[tree.Root.DigestOf().Hash];
    }

    static Reapi.Directory EmptyOrMissing(Reapi.Digest digest) =>
        digest.ToDigest() == Digest.Empty ? new Reapi.Directory() : throw new RemoteException(RemoteFault.Wrong, "it sends a tree that lacks some of its folders");

    static Digest Put(Reapi.Directory given, Dictionary<string, Digest> children, IContentStore store)
    {
        var node = new Reapi.Directory { NodeProperties = given.NodeProperties?.UnixMode is { } own ? NodeModes.OfRemoteFolder(own) : null };
        foreach (var file in given.Files)
        {
            var properties = file.NodeProperties?.UnixMode is { } mode ? NodeModes.OfFile(mode) : null;
            node.Files.Add(new Reapi.FileNode { Name = file.Name, Digest = Checked(file.Digest).ToReapi(), IsExecutable = file.IsExecutable, NodeProperties = properties });
        }

        node.Directories.Add(given.Directories.Select(child => new Reapi.DirectoryNode { Name = child.Name, Digest = children[child.Digest.Hash].ToReapi() }));
        node.Symlinks.Add(given.Symlinks.Select(link => new Reapi.SymlinkNode { Name = link.Name, Target = link.Target }));
        try
        {
            return store.PutDirectory(node);
        }
        catch (StoreException e)
        {
            throw new RemoteException(RemoteFault.Wrong, $"it sends a tree that cannot be: {e.Message}", e);
        }
    }
}
