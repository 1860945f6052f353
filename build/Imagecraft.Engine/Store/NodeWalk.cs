// Visits all nodes of trees, each once. Unaware of why.

using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

internal static class NodeWalk
{
    /// <summary>The nodes at and below <paramref name="roots"/>, each once, those above before those below; null for one that is missing, and then what only it leads to is not visited.</summary>
    /// <param name="roots">Digests of <c>Directory</c> messages.</param>
    /// <param name="read">Reads one; throws <see cref="ContentMissingException"/>.</param>
    internal static IEnumerable<(Digest Digest, Reapi.Directory? Node)> Below(IEnumerable<Digest> roots, Func<Digest, Reapi.Directory> read)
    {
        var seen = new HashSet<Digest>();
        var next = new Stack<Digest>(roots);
        while (next.TryPop(out var digest))
        {
            if (!seen.Add(digest))
                continue;
            var node = TryRead(digest, read);
            yield return (digest, node);
            foreach (var folder in node?.Directories ?? [])
                next.Push(folder.Digest.ToDigest());
        }
    }

    /// <summary>The node, or null when it is missing.</summary>
    internal static Reapi.Directory? TryRead(Digest digest, Func<Digest, Reapi.Directory> read)
    {
        try
        {
            return read(digest);
        }
        catch (ContentMissingException)
        {
            return null;
        }
    }
}
