// Finds out which of given content a value needs. Unaware of why it is asked.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

static class StoreSearch
{
    /// <summary>Those of <paramref name="missing"/> that <paramref name="value"/> is or has below it; a folder that cannot be read is one of them, and what lies below it is not known.</summary>
    public static HashSet<Digest> Lacking(ContentStore store, OutputValue value, HashSet<Digest> missing)
    {
        var found = new HashSet<Digest>();
        if (missing.Contains(value.Digest))
            found.Add(value.Digest);
        if (value.Kind == OutputKind.File)
            return found;
        var seen = new HashSet<Digest>();
        var folders = new Stack<Digest>([value.Digest]);
        while (folders.TryPop(out var digest))
        {
            if (!seen.Add(digest))
                continue;
            Reapi.Directory folder;
            try
            {
                folder = store.GetDirectory(digest);
            }
            catch (ContentMissingException)
            {
                found.Add(digest);
                continue;
            }

            if (missing.Contains(digest))
                found.Add(digest);
            found.UnionWith(folder.Files.Select(file => file.Digest.ToDigest()).Where(missing.Contains));
            foreach (var child in folder.Directories)
                folders.Push(child.Digest.ToDigest());
        }

        return found;
    }

    /// <summary>As the other, of several values.</summary>
    public static HashSet<Digest> Lacking(ContentStore store, IEnumerable<OutputValue> values, HashSet<Digest> missing)
    {
        var found = new HashSet<Digest>();
        foreach (var value in values)
            found.UnionWith(Lacking(store, value, missing));
        return found;
    }
}
