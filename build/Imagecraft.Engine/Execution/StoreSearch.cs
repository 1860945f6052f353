// Finds out whether a value needs given content. Unaware of why it is asked.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

static class StoreSearch
{
    /// <summary>Whether <paramref name="value"/> is, or has below it, one of <paramref name="missing"/>; a folder that cannot be read counts.</summary>
    public static bool Lacks(ContentStore store, OutputValue value, HashSet<Digest> missing)
    {
        if (missing.Contains(value.Digest))
            return true;
        if (value.Kind == OutputKind.File)
            return false;
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
                return true;
            }

            if (folder.Files.Any(f => missing.Contains(f.Digest.ToDigest())))
                return true;
            foreach (var child in folder.Directories)
            {
                if (missing.Contains(child.Digest.ToDigest()))
                    return true;
                folders.Push(child.Digest.ToDigest());
            }
        }

        return false;
    }
}
