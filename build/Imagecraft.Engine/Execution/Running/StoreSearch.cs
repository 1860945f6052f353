// Finds out which of given content a value needs. Unaware of why it is asked.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

static class StoreSearch
{
    /// <summary>Those of <paramref name="missing"/> that one of <paramref name="values"/> is or has below it; a folder that cannot be read is one of them, and what lies below it is not known.</summary>
    public static HashSet<Digest> Lacking(IContentStore store, IEnumerable<OutputValue> values, HashSet<Digest> missing)
    {
        var found = new HashSet<Digest>();
        var trees = new List<Digest>();
        foreach (var value in values)
        {
            if (value.Kind == OutputKind.Tree)
                trees.Add(value.Digest);
            else if (missing.Contains(value.Digest))
                found.Add(value.Digest);
        }

        foreach (var (digest, folder) in NodeWalk.Below(trees, store.GetDirectory))
        {
            if (folder is null || missing.Contains(digest))
                found.Add(digest);
            if (folder is not null)
                found.UnionWith(folder.Files.Select(file => file.Digest.ToDigest()).Where(missing.Contains));
        }

        return found;
    }
}
