// Which results come from given content. Unaware of why that is asked.

using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>Walks the inputs that results name.</summary>
/// <param name="store">Where the nodes are read.</param>
/// <param name="content">Files or nodes.</param>
internal sealed class InputUse(IContentStore store, IEnumerable<Digest> content)
{
    private readonly HashSet<string> _content = content.Select(digest => digest.Hash).ToHashSet(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _folders = new(StringComparer.Ordinal);

    /// <summary>Whether the action of the result had some of the content below its inputs. What lies below a node that is gone is not known, and counts as not read.</summary>
    internal bool IsReader(Reapi.ActionResult result) => ActionCache.InputRootOf(result) is { } root && HasBelow(root);

    private bool HasBelow(Digest folder)
    {
        if (_content.Contains(folder.Hash))
            return true;
        if (_folders.TryGetValue(folder.Hash, out var known))
            return known;
        return _folders[folder.Hash] = NodeWalk.TryRead(folder, store.GetDirectory) is { } node
            && (node.Files.Any(file => _content.Contains(file.Digest.Hash)) || node.Directories.Any(sub => HasBelow(sub.Digest.ToDigest())));
    }
}
